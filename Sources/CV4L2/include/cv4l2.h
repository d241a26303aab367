/* The V4L2 capture interface (linux/videodev2.h), whose ioctls Swift cannot call: single-planar
 * capture with memory-mapped buffers. Every function returns 0 or a positive errno. */
#ifndef TILL_CV4L2_H
#define TILL_CV4L2_H

#include <stddef.h>
#include <stdint.h>

struct till_camera_identity {
    char driver[17];
    char card[33];
    char bus[33];
    /* Whether it captures single-planar video and can stream it. */
    int can_stream;
    /* Whether it captures, but multi-planar only. */
    int is_multiplanar;
};

struct till_camera_format {
    /* V4L2's four-character code. */
    uint32_t code;
    uint32_t width;
    uint32_t height;
    uint32_t bytes_per_line;
    uint32_t bytes_per_frame;
};

struct till_camera_frame {
    uint32_t buffer;
    uint32_t byte_count;
    /* Whether the driver says that the frame is broken. */
    int is_broken;
    /* When it was taken on the monotonic clock, in microseconds; 0 where the driver uses another. */
    uint64_t taken_microseconds;
};

struct till_camera_control {
    uint32_t id;
    /* V4L2_CTRL_TYPE_… */
    uint32_t type;
    /* V4L2_CTRL_FLAG_… */
    uint32_t flags;
    char name[33];
    int32_t minimum;
    int32_t maximum;
    int32_t step;
    int32_t preset;
    int32_t value;
};

int till_camera_identify(int device, struct till_camera_identity *identity);

/* The index-th pixel format that the device offers; EINVAL after the last. */
int till_camera_offered_format(int device, uint32_t index, uint32_t *code);

/* Asks for a format; what the driver agrees to stands there afterwards. */
int till_camera_set_format(int device, struct till_camera_format *format);

/* Asks for so many frames a second; answers with what the driver gives, as thousandths of frames a
 * second, or 0 where it does not say. */
int till_camera_set_rate(int device, uint32_t frames_per_second, uint32_t *thousandths);

/* Asks for so many buffers; 0 gives them back. */
int till_camera_request_buffers(int device, uint32_t *count);
int till_camera_map_buffer(int device, uint32_t buffer, void **address, size_t *length);
int till_camera_unmap_buffer(void *address, size_t length);
int till_camera_queue(int device, uint32_t buffer);
/* EAGAIN where no frame waits. */
int till_camera_dequeue(int device, struct till_camera_frame *frame);
int till_camera_start(int device);
int till_camera_stop(int device);

int till_camera_get_control(int device, uint32_t id, int32_t *value);
int till_camera_set_control(int device, uint32_t id, int32_t value);
/* The control with this id, or with `next` the one after it; EINVAL where there is none. */
int till_camera_describe_control(int device, uint32_t id, int next,
                                 struct till_camera_control *control);

#endif
