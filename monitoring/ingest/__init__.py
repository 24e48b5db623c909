"""The intake: takes beats without ORM or session and puts them on the MSP's stream.

`wsgi` is called by msp/wsgi.py before Django's handler sees the request. The way of a beat:

    door       which address is this, and what does its answer look like
    directory  host -> MSP, key -> site, slug -> check; remembered for some seconds
    bodies     read, unpack, and refuse what is too large
    keep       to the stream, else to the spool, else 503
    pulse      says in the background that this intake is open
"""

from monitoring.ingest.door import wsgi

__all__ = ["wsgi"]
