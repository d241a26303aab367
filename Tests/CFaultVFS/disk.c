// What has been synced, what has not, and what a power cut leaves of it.
#include "disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t till_random(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// A test that has no memory ends at once, and says so.
static void *must(void *memory) {
    if (memory == NULL) {
        perror("CFaultVFS");
        abort();
    }
    return memory;
}

// Grows or cuts an image; what is new is zero.
static void resize(unsigned char **image, sqlite3_int64 *size, sqlite3_int64 *room,
                   sqlite3_int64 wanted) {
    if (wanted > *room) {
        *room = wanted + wanted / 2 + 4096;
        *image = must(realloc(*image, (size_t)*room));
    }
    if (wanted > *size) memset(*image + *size, 0, (size_t)(wanted - *size));
    *size = wanted;
}

// Applies a change whole, or where `random` is given those sectors that it chooses.
static void apply(const change *one, uint64_t *random, unsigned char **image, sqlite3_int64 *size,
                  sqlite3_int64 *room) {
    if (one->bytes == NULL) {
        if (random == NULL || (till_random(random) & 1)) resize(image, size, room, one->offset);
        return;
    }
    sqlite3_int64 done = 0;
    while (done < one->count) {
        sqlite3_int64 start = one->offset + done;
        sqlite3_int64 length = TILL_SECTOR - start % TILL_SECTOR;
        if (length > one->count - done) length = one->count - done;
        if (random == NULL || (till_random(random) & 1)) {
            if (start + length > *size) resize(image, size, room, start + length);
            memcpy(*image + start, one->bytes + done, (size_t)length);
        }
        done += length;
    }
}

static void forget_changes(node *file) {
    for (change *one = file->first; one != NULL;) {
        change *next = one->next;
        free(one->bytes);
        free(one);
        one = next;
    }
    file->first = NULL;
    file->last = &file->first;
}

// What lies at the path before the disk was there counts as synced.
static void load(node *file) {
    FILE *stream = fopen(file->path, "rb");
    if (stream == NULL) return;
    unsigned char buffer[65536];
    size_t count;
    while ((count = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        sqlite3_int64 start = file->size;
        resize(&file->image, &file->size, &file->room, start + (sqlite3_int64)count);
        memcpy(file->image + start, buffer, count);
    }
    fclose(stream);
    file->exists = file->named = 1;
}

node *till_node(till_disk *disk, const char *path) {
    for (node *file = disk->nodes; file != NULL; file = file->next)
        if (strcmp(file->path, path) == 0) return file;
    node *file = must(calloc(1, sizeof *file));
    file->path = must(malloc(strlen(path) + 1));
    strcpy(file->path, path);
    file->last = &file->first;
    load(file);
    file->next = disk->nodes;
    disk->nodes = file;
    return file;
}

static void add(node *file, sqlite3_int64 offset, const void *bytes, int count) {
    change *one = must(calloc(1, sizeof *one));
    one->offset = offset;
    one->count = count;
    if (bytes != NULL) {
        one->bytes = must(malloc((size_t)count + 1));
        memcpy(one->bytes, bytes, (size_t)count);
    }
    *file->last = one;
    file->last = &one->next;
}

void till_node_write(node *file, sqlite3_int64 offset, const void *bytes, int count) {
    add(file, offset, bytes, count);
}

void till_node_truncate(node *file, sqlite3_int64 size) { add(file, size, NULL, 0); }

void till_node_synced(node *file) {
    for (const change *one = file->first; one != NULL; one = one->next)
        apply(one, NULL, &file->image, &file->size, &file->room);
    forget_changes(file);
}

void till_node_sync_failed(node *file, uint64_t *random) {
    for (const change *one = file->first; one != NULL; one = one->next)
        apply(one, random, &file->image, &file->size, &file->room);
    forget_changes(file);
}

void till_node_opened(node *file) {
    // A file made anew has nothing in it, though what was there may come back at a power cut.
    if (!file->exists && file->size > 0) till_node_truncate(file, 0);
    file->exists = 1;
}

void till_node_deleted(node *file) { file->exists = 0; }

void till_names_synced(till_disk *disk) {
    for (node *file = disk->nodes; file != NULL; file = file->next) {
        file->named = file->exists;
        if (!file->exists) {
            file->size = 0;
            forget_changes(file);
        }
    }
}

void till_nodes_free(till_disk *disk) {
    for (node *file = disk->nodes; file != NULL;) {
        node *next = file->next;
        forget_changes(file);
        free(file->image);
        free(file->path);
        free(file);
        file = next;
    }
    disk->nodes = NULL;
}

static int materialise(const node *file, const char *to, uint64_t *random) {
    unsigned char *image = NULL;
    sqlite3_int64 size = 0, room = 0;
    resize(&image, &size, &room, file->size);
    if (size > 0) memcpy(image, file->image, (size_t)size);
    for (const change *one = file->first; one != NULL; one = one->next)
        apply(one, random, &image, &size, &room);
    const char *name = strrchr(file->path, '/');
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", to, name == NULL ? file->path : name + 1);
    FILE *stream = fopen(path, "wb");
    int error = stream == NULL ? errno : 0;
    if (stream != NULL) {
        if (size > 0 && fwrite(image, 1, (size_t)size, stream) != (size_t)size) error = EIO;
        if (fclose(stream) != 0) error = EIO;
    }
    free(image);
    return error;
}

int till_disk_materialise(till_disk *disk, const char *from, const char *to, uint64_t seed) {
    pthread_mutex_lock(&disk->lock);
    uint64_t random = seed;
    size_t length = strlen(from);
    int error = 0;
    for (node *file = disk->nodes; file != NULL && error == 0; file = file->next) {
        if (strncmp(file->path, from, length) != 0 || file->path[length] != '/') continue;
        // A name whose coming or going was not synced may be there or not.
        int there = file->exists == file->named ? file->exists : (int)(till_random(&random) & 1);
        if (there) error = materialise(file, to, &random);
    }
    pthread_mutex_unlock(&disk->lock);
    return error;
}
