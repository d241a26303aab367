// The disk's memory, shared by the VFS and by the power cut.
#ifndef TILL_DISK_H
#define TILL_DISK_H

#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "CFaultVFS.h"

// What a disk writes whole or not at all.
enum { TILL_SECTOR = 512 };

// One change that has not been synced: a write, or where `bytes` is NULL a truncation to `offset`.
typedef struct change {
    struct change *next;
    sqlite3_int64 offset;
    int count;
    unsigned char *bytes;
} change;

// One file, remembered by its path for as long as the disk lives.
typedef struct node {
    struct node *next;
    char *path;
    // What is on the disk for certain.
    unsigned char *image;
    sqlite3_int64 size, room;
    // Whether the file is there, and whether its name would be after a power cut.
    int exists, named;
    change *first, **last;
} node;

struct till_disk {
    sqlite3_vfs vfs;
    char name[32];
    sqlite3_vfs *real;
    pthread_mutex_t lock;
    node *nodes;
    till_fault fault;
    int for_ever, dark, lies;
    int64_t at, calls, hits;
    uint64_t random;
};

// The next of a sequence of random numbers that follows from its start (splitmix64).
uint64_t till_random(uint64_t *state);

// All of these are called with the disk's lock held.
node *till_node(till_disk *disk, const char *path);
void till_node_write(node *file, sqlite3_int64 offset, const void *bytes, int count);
void till_node_truncate(node *file, sqlite3_int64 size);
void till_node_synced(node *file);
void till_node_sync_failed(node *file, uint64_t *random);
void till_node_opened(node *file);
void till_node_deleted(node *file);
void till_names_synced(till_disk *disk);
void till_nodes_free(till_disk *disk);

#endif
