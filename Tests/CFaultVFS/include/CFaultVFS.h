/// A disk under SQLite that fails when it is told to, and that forgets at a power cut what it was
/// never told to keep. For tests only.
///
/// Each disk registers a VFS of its own (sqlite.org, *The SQLite OS Interface*) around the
/// system's: what is written goes to real files, and beside them the disk remembers, file by file,
/// what has been synced and what has not. A database is put on it by the URI parameter `vfs`.
///
/// All functions may be called from any thread; a disk has a lock of its own.
#ifndef TILL_CFAULTVFS_H
#define TILL_CFAULTVFS_H

#include <stdint.h>

/// What goes wrong at the call that is counted to.
typedef enum {
    /// Nothing.
    TILL_FAULT_NONE = 0,
    /// EIO: a call fails and has done nothing. Hits opening, reading, writing, truncating,
    /// syncing, deleting, asking for a size or a name, and mapping the index of the log.
    TILL_FAULT_IO,
    /// ENOSPC: a write, or the growing of the log's index, fails and has done nothing.
    TILL_FAULT_FULL,
    /// ENOSPC in the middle: the first part of a write is there, the rest is not.
    TILL_FAULT_SHORT,
    /// EIO in the middle: some sectors of a write are there, others are not.
    TILL_FAULT_TORN,
    /// EIO from fsync. As on Linux the system holds the pages for clean from then on: of what
    /// had not been synced some sectors are on the disk, and no later sync brings the others.
    TILL_FAULT_SYNC,
    /// The power goes at a call that would change the disk; every later call fails.
    TILL_FAULT_CUT,
} till_fault;

/// A disk.
typedef struct till_disk till_disk;

/// Makes a disk and registers its VFS; NULL without memory.
till_disk *till_disk_create(void);

/// Unregisters the VFS and forgets the disk. Every connection to it must be closed.
void till_disk_destroy(till_disk *disk);

/// The name of the disk's VFS, for the URI parameter `vfs`.
const char *till_disk_vfs(const till_disk *disk);

/// Arms a fault for the `at`-th call that it can hit, from 1, counted from now; `for_ever` says
/// whether each later one fails too. `seed` decides which sectors a torn write or a failed sync
/// leaves. Brings the power back after a cut: then `till_disk_materialise` comes first.
void till_disk_arm(till_disk *disk, till_fault fault, int64_t at, int for_ever, uint64_t seed);

/// How many calls have failed since the disk was armed.
int64_t till_disk_hits(till_disk *disk);

/// How many calls that the armed fault can hit there have been since.
int64_t till_disk_calls(till_disk *disk);

/// Makes the disk know the file at `path`, as it lies there now and synced. Those that SQLite opens
/// it knows anyway.
void till_disk_know(till_disk *disk, const char *path);

/// Takes every name as synced, as fsync on the folder does.
void till_disk_sync_names(till_disk *disk);

/// Whether syncs are told as done and are not: what a bad disk does.
void till_disk_lie(till_disk *disk, int lies);

/// Writes into the folder `to`, which must be there, what a power cut now would leave of the
/// files in the folder `from`: all that was synced, and of the rest some sectors, in any order,
/// as `seed` decides. 0, or an errno.
int till_disk_materialise(till_disk *disk, const char *from, const char *to, uint64_t seed);

#endif
