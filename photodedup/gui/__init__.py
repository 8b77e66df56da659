"""The window: shows what core found and passes on what the person decides."""
