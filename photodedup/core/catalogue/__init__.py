"""The room that remembers: what was measured of photos, and what the person decided, between two starts.

Measurements and decisions enter and come back. SQLite, safe for several threads and several photodedups.
"""

from photodedup.core.catalogue.catalogue import Catalogue
from photodedup.core.catalogue.places import default_catalogue, journal_folder, service_store
from photodedup.core.catalogue.rows import Recent, Record, Wanted

__all__ = ["Catalogue", "Recent", "Record", "Wanted", "default_catalogue", "journal_folder", "service_store"]
