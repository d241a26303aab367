// The VFS: counts calls, lets the one that is counted to fail, tells the disk of the others.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"

typedef struct {
    sqlite3_file base;
    till_disk *disk;
    // NULL for a temporary file, which no power cut needs to leave.
    node *node;
    // Whether its first sync syncs its folder too, as SQLite does for a new journal or log.
    int names;
    sqlite3_file *real;
} file;

// A set of faults that a call can be hit by.
enum {
    BY_IO = 1 << TILL_FAULT_IO,
    BY_FULL = 1 << TILL_FAULT_FULL,
    BY_SHORT = 1 << TILL_FAULT_SHORT,
    BY_TORN = 1 << TILL_FAULT_TORN,
    BY_SYNC = 1 << TILL_FAULT_SYNC,
    BY_CUT = 1 << TILL_FAULT_CUT,
};

// With the lock held: what happens to a call that the faults in `by` can hit.
static till_fault strike(till_disk *disk, int by) {
    if (disk->dark) return TILL_FAULT_IO;
    if (disk->fault == TILL_FAULT_NONE || !(by & (1 << disk->fault))) return TILL_FAULT_NONE;
    disk->calls += 1;
    if (disk->calls != disk->at && !(disk->for_ever && disk->calls > disk->at))
        return TILL_FAULT_NONE;
    disk->hits += 1;
    if (disk->fault == TILL_FAULT_CUT) disk->dark = 1;
    return disk->fault;
}

static int fails(till_disk *disk, int by) {
    pthread_mutex_lock(&disk->lock);
    till_fault fault = strike(disk, by);
    pthread_mutex_unlock(&disk->lock);
    return fault != TILL_FAULT_NONE;
}

static int file_close(sqlite3_file *base) {
    file *self = (file *)base;
    if (self->real->pMethods == NULL) return SQLITE_OK;
    int code = self->real->pMethods->xClose(self->real);
    self->real->pMethods = NULL;
    return code;
}

static int file_read(sqlite3_file *base, void *bytes, int count, sqlite3_int64 offset) {
    file *self = (file *)base;
    if (fails(self->disk, BY_IO)) return SQLITE_IOERR_READ;
    return self->real->pMethods->xRead(self->real, bytes, count, offset);
}

// Writes to the file and tells the disk.
static int write_through(file *self, const void *bytes, int count, sqlite3_int64 offset) {
    int code = self->real->pMethods->xWrite(self->real, bytes, count, offset);
    if (code == SQLITE_OK && self->node != NULL)
        till_node_write(self->node, offset, bytes, count);
    return code;
}

// Some sectors of a write, as the disk's random numbers choose.
static void write_torn(file *self, const unsigned char *bytes, int count, sqlite3_int64 offset) {
    for (int done = 0; done < count;) {
        int length = TILL_SECTOR - (int)((offset + done) % TILL_SECTOR);
        if (length > count - done) length = count - done;
        if (till_random(&self->disk->random) & 1)
            write_through(self, bytes + done, length, offset + done);
        done += length;
    }
}

static int file_write(sqlite3_file *base, const void *bytes, int count, sqlite3_int64 offset) {
    file *self = (file *)base;
    till_disk *disk = self->disk;
    pthread_mutex_lock(&disk->lock);
    int code = SQLITE_IOERR_WRITE;
    switch (strike(disk, BY_IO | BY_FULL | BY_SHORT | BY_TORN | BY_CUT)) {
    case TILL_FAULT_NONE: code = write_through(self, bytes, count, offset); break;
    case TILL_FAULT_FULL: code = SQLITE_FULL; break;
    case TILL_FAULT_SHORT:
        if (count > 1)
            write_through(self, bytes, 1 + (int)(till_random(&disk->random) % (count - 1)), offset);
        code = SQLITE_FULL;
        break;
    case TILL_FAULT_TORN: write_torn(self, bytes, count, offset); break;
    // The power goes while this is on its way: it is one more write that was not synced.
    case TILL_FAULT_CUT:
        if (self->node != NULL) till_node_write(self->node, offset, bytes, count);
        break;
    default: break;
    }
    pthread_mutex_unlock(&disk->lock);
    return code;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    file *self = (file *)base;
    pthread_mutex_lock(&self->disk->lock);
    int code = SQLITE_IOERR_TRUNCATE;
    if (strike(self->disk, BY_IO | BY_CUT) == TILL_FAULT_NONE) {
        code = self->real->pMethods->xTruncate(self->real, size);
        if (code == SQLITE_OK && self->node != NULL) till_node_truncate(self->node, size);
    }
    pthread_mutex_unlock(&self->disk->lock);
    return code;
}

// The files lie in memory or on a disk of the machine's: neither need be synced for the test.
static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    file *self = (file *)base;
    till_disk *disk = self->disk;
    pthread_mutex_lock(&disk->lock);
    till_fault fault = strike(disk, BY_IO | BY_SYNC | BY_CUT);
    if (fault == TILL_FAULT_NONE && self->node != NULL && !disk->lies) {
        till_node_synced(self->node);
        if (self->names) till_names_synced(disk);
        self->names = 0;
    }
    if (fault == TILL_FAULT_SYNC && self->node != NULL)
        till_node_sync_failed(self->node, &disk->random);
    pthread_mutex_unlock(&disk->lock);
    return fault == TILL_FAULT_NONE ? SQLITE_OK : SQLITE_IOERR_FSYNC;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    file *self = (file *)base;
    if (fails(self->disk, BY_IO)) return SQLITE_IOERR_FSTAT;
    return self->real->pMethods->xFileSize(self->real, size);
}

static int file_lock(sqlite3_file *base, int level) {
    file *self = (file *)base;
    return self->real->pMethods->xLock(self->real, level);
}

static int file_unlock(sqlite3_file *base, int level) {
    file *self = (file *)base;
    return self->real->pMethods->xUnlock(self->real, level);
}

static int file_check_lock(sqlite3_file *base, int *reserved) {
    file *self = (file *)base;
    return self->real->pMethods->xCheckReservedLock(self->real, reserved);
}

static int file_control(sqlite3_file *base, int operation, void *argument) {
    file *self = (file *)base;
    return self->real->pMethods->xFileControl(self->real, operation, argument);
}

static int file_sector(sqlite3_file *base) {
    file *self = (file *)base;
    return self->real->pMethods->xSectorSize(self->real);
}

static int file_device(sqlite3_file *base) {
    file *self = (file *)base;
    return self->real->pMethods->xDeviceCharacteristics(self->real);
}

static int shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **memory) {
    file *self = (file *)base;
    if (fails(self->disk, BY_IO | (extend ? BY_FULL : 0))) return SQLITE_IOERR_SHMSIZE;
    return self->real->pMethods->xShmMap(self->real, page, size, extend, memory);
}

static int shm_lock(sqlite3_file *base, int offset, int count, int flags) {
    file *self = (file *)base;
    return self->real->pMethods->xShmLock(self->real, offset, count, flags);
}

static void shm_barrier(sqlite3_file *base) {
    file *self = (file *)base;
    self->real->pMethods->xShmBarrier(self->real);
}

static int shm_unmap(sqlite3_file *base, int remove) {
    file *self = (file *)base;
    return self->real->pMethods->xShmUnmap(self->real, remove);
}

// Version 2: a log's index, and no memory-mapped reading, which would pass the disk by.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out) {
    const int new_names = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    till_disk *disk = vfs->pAppData;
    file *self = (file *)base;
    self->base.pMethods = NULL;
    self->disk = disk;
    self->node = NULL;
    self->names = 0;
    self->real = (sqlite3_file *)(self + 1);
    pthread_mutex_lock(&disk->lock);
    int code = SQLITE_CANTOPEN;
    if (strike(disk, BY_IO) == TILL_FAULT_NONE) {
        node *known = path == NULL ? NULL : till_node(disk, path);
        code = disk->real->xOpen(disk->real, path, self->real, flags, out);
        if (code == SQLITE_OK) {
            self->base.pMethods = &methods;
            self->node = known;
            if (known != NULL) self->names = !known->exists && (flags & new_names) != 0;
            if (known != NULL) till_node_opened(known);
        }
    }
    pthread_mutex_unlock(&disk->lock);
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync) {
    till_disk *disk = vfs->pAppData;
    pthread_mutex_lock(&disk->lock);
    int code = SQLITE_IOERR_DELETE;
    if (strike(disk, BY_IO | BY_CUT) == TILL_FAULT_NONE) {
        node *known = till_node(disk, path);
        code = disk->real->xDelete(disk->real, path, 0);
        if (code == SQLITE_OK) {
            till_node_deleted(known);
            if (sync && !disk->lies) till_names_synced(disk);
        }
    }
    pthread_mutex_unlock(&disk->lock);
    return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
    till_disk *disk = vfs->pAppData;
    if (fails(disk, BY_IO)) return SQLITE_IOERR_ACCESS;
    return disk->real->xAccess(disk->real, path, flags, result);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int count, char *out) {
    till_disk *disk = vfs->pAppData;
    return disk->real->xFullPathname(disk->real, path, count, out);
}

static int vfs_randomness(sqlite3_vfs *vfs, int count, char *out) {
    till_disk *disk = vfs->pAppData;
    return disk->real->xRandomness(disk->real, count, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds) {
    till_disk *disk = vfs->pAppData;
    return disk->real->xSleep(disk->real, microseconds);
}

static int vfs_time(sqlite3_vfs *vfs, double *now) {
    till_disk *disk = vfs->pAppData;
    return disk->real->xCurrentTime(disk->real, now);
}

static int vfs_last_error(sqlite3_vfs *vfs, int count, char *out) {
    till_disk *disk = vfs->pAppData;
    return disk->real->xGetLastError(disk->real, count, out);
}

till_disk *till_disk_create(void) {
    static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
    static unsigned number = 0;
    if (sqlite3_initialize() != SQLITE_OK) return NULL;
    till_disk *disk = calloc(1, sizeof *disk);
    if (disk == NULL) return NULL;
    disk->real = sqlite3_vfs_find(NULL);
    pthread_mutex_init(&disk->lock, NULL);
    pthread_mutex_lock(&counting);
    snprintf(disk->name, sizeof disk->name, "till-fault-%u", ++number);
    pthread_mutex_unlock(&counting);
    disk->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(file) + disk->real->szOsFile,
        .mxPathname = disk->real->mxPathname,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
    };
    if (sqlite3_vfs_register(&disk->vfs, 0) != SQLITE_OK) {
        free(disk);
        return NULL;
    }
    return disk;
}

void till_disk_destroy(till_disk *disk) {
    sqlite3_vfs_unregister(&disk->vfs);
    till_nodes_free(disk);
    pthread_mutex_destroy(&disk->lock);
    free(disk);
}

const char *till_disk_vfs(const till_disk *disk) { return disk->name; }

void till_disk_arm(till_disk *disk, till_fault fault, int64_t at, int for_ever, uint64_t seed) {
    pthread_mutex_lock(&disk->lock);
    disk->fault = fault;
    disk->at = at;
    disk->for_ever = for_ever;
    disk->calls = disk->hits = 0;
    disk->dark = 0;
    disk->random = seed;
    pthread_mutex_unlock(&disk->lock);
}

int64_t till_disk_hits(till_disk *disk) {
    pthread_mutex_lock(&disk->lock);
    int64_t hits = disk->hits;
    pthread_mutex_unlock(&disk->lock);
    return hits;
}

int64_t till_disk_calls(till_disk *disk) {
    pthread_mutex_lock(&disk->lock);
    int64_t calls = disk->calls;
    pthread_mutex_unlock(&disk->lock);
    return calls;
}

void till_disk_know(till_disk *disk, const char *path) {
    pthread_mutex_lock(&disk->lock);
    till_node(disk, path);
    pthread_mutex_unlock(&disk->lock);
}

void till_disk_sync_names(till_disk *disk) {
    pthread_mutex_lock(&disk->lock);
    till_names_synced(disk);
    pthread_mutex_unlock(&disk->lock);
}

void till_disk_lie(till_disk *disk, int lies) {
    pthread_mutex_lock(&disk->lock);
    disk->lies = lies;
    pthread_mutex_unlock(&disk->lock);
}
