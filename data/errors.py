"""Errors of remembering.

DataError
├── DatabaseUnavailable   PostgreSQL cannot be reached or broke off; nothing was written
├── NotFound              what was asked for does not exist in this hotel
├── HotelFileError        a file of a hotel's folder cannot be read; the message names it
└── JournalError          the local journal cannot be written: nothing is kept of the entry
"""


class DataError(Exception):
    """`retryable`: trying the same thing again makes sense."""

    retryable = False


class DatabaseUnavailable(DataError):
    retryable = True


class NotFound(DataError):
    pass


class HotelFileError(DataError):
    pass


class JournalError(DataError):
    pass
