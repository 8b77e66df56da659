"""The tables of the catalogue. A picture is a content, whatever files hold it; files point to pictures.

A page is a copy of what is known of one folder, for speed; all of it can be made again from the others.
"""

CATALOGUE_VERSION = 3
CATALOGUE = """
CREATE TABLE IF NOT EXISTS picture (
    id INTEGER PRIMARY KEY, content BLOB NOT NULL UNIQUE, size INTEGER NOT NULL, version INTEGER NOT NULL,
    small BLOB NOT NULL, plain INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    format TEXT NOT NULL, taken TEXT, camera TEXT NOT NULL, damaged INTEGER NOT NULL, pixels BLOB);
CREATE INDEX IF NOT EXISTS picture_size ON picture (size);
CREATE TABLE IF NOT EXISTS hash (
    picture INTEGER NOT NULL REFERENCES picture, recipe TEXT NOT NULL, version INTEGER NOT NULL,
    bits BLOB NOT NULL, PRIMARY KEY (picture, recipe)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
    path BLOB PRIMARY KEY, inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    picture INTEGER NOT NULL REFERENCES picture) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS skipped (
    path BLOB PRIMARY KEY, inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    version INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS page (
    folder BLOB NOT NULL, recipe TEXT NOT NULL, version INTEGER NOT NULL, measure INTEGER NOT NULL,
    names BLOB NOT NULL, seen BLOB NOT NULL, prints BLOB NOT NULL, PRIMARY KEY (folder, recipe));
CREATE TABLE IF NOT EXISTS drawer (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, held BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS decision (
    path BLOB PRIMARY KEY, content BLOB NOT NULL, mark TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS library (
    folders BLOB PRIMARY KEY, scanned TEXT NOT NULL, photos INTEGER NOT NULL, groups INTEGER NOT NULL)
    WITHOUT ROWID
"""

THUMBNAILS_VERSION = 1
THUMBNAILS = "CREATE TABLE IF NOT EXISTS thumbnail (content BLOB PRIMARY KEY, jpeg BLOB NOT NULL)"
