#define _GNU_SOURCE
#include "cv4l2.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static int request(int device, unsigned long number, void *argument) {
    int result;
    do result = ioctl(device, number, argument);
    while (result < 0 && errno == EINTR);
    return result < 0 ? errno : 0;
}

static void copy_text(char *target, size_t size, const void *source, size_t length) {
    size_t count = length < size - 1 ? length : size - 1;
    memcpy(target, source, count);
    target[count] = 0;
}

int till_camera_identify(int device, struct till_camera_identity *identity) {
    struct v4l2_capability answer;
    memset(&answer, 0, sizeof answer);
    int error = request(device, VIDIOC_QUERYCAP, &answer);
    if (error) return error;
    memset(identity, 0, sizeof *identity);
    copy_text(identity->driver, sizeof identity->driver, answer.driver, sizeof answer.driver);
    copy_text(identity->card, sizeof identity->card, answer.card, sizeof answer.card);
    copy_text(identity->bus, sizeof identity->bus, answer.bus_info, sizeof answer.bus_info);
    uint32_t can = answer.capabilities & V4L2_CAP_DEVICE_CAPS ? answer.device_caps
                                                              : answer.capabilities;
    identity->can_stream = (can & V4L2_CAP_VIDEO_CAPTURE) && (can & V4L2_CAP_STREAMING);
    identity->is_multiplanar = !!(can & V4L2_CAP_VIDEO_CAPTURE_MPLANE);
    return 0;
}

int till_camera_offered_format(int device, uint32_t index, uint32_t *code) {
    struct v4l2_fmtdesc answer;
    memset(&answer, 0, sizeof answer);
    answer.index = index;
    answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    int error = request(device, VIDIOC_ENUM_FMT, &answer);
    if (!error) *code = answer.pixelformat;
    return error;
}

int till_camera_set_format(int device, struct till_camera_format *format) {
    struct v4l2_format answer;
    memset(&answer, 0, sizeof answer);
    answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    answer.fmt.pix.width = format->width;
    answer.fmt.pix.height = format->height;
    answer.fmt.pix.pixelformat = format->code;
    answer.fmt.pix.field = V4L2_FIELD_NONE;
    int error = request(device, VIDIOC_S_FMT, &answer);
    if (error) return error;
    format->code = answer.fmt.pix.pixelformat;
    format->width = answer.fmt.pix.width;
    format->height = answer.fmt.pix.height;
    format->bytes_per_line = answer.fmt.pix.bytesperline;
    format->bytes_per_frame = answer.fmt.pix.sizeimage;
    return 0;
}

int till_camera_set_rate(int device, uint32_t frames_per_second, uint32_t *thousandths) {
    *thousandths = 0;
    struct v4l2_streamparm answer;
    memset(&answer, 0, sizeof answer);
    answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    answer.parm.capture.timeperframe.numerator = 1;
    answer.parm.capture.timeperframe.denominator = frames_per_second;
    int error = request(device, VIDIOC_S_PARM, &answer);
    /* A driver without the call has one rate, and does not tell it. */
    if (error == ENOTTY || error == EINVAL) return 0;
    if (error) return error;
    struct v4l2_fract period = answer.parm.capture.timeperframe;
    if (period.numerator)
        *thousandths = (uint32_t)((uint64_t)period.denominator * 1000 / period.numerator);
    return 0;
}

int till_camera_request_buffers(int device, uint32_t *count) {
    struct v4l2_requestbuffers answer;
    memset(&answer, 0, sizeof answer);
    answer.count = *count;
    answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    answer.memory = V4L2_MEMORY_MMAP;
    int error = request(device, VIDIOC_REQBUFS, &answer);
    if (!error) *count = answer.count;
    return error;
}

int till_camera_map_buffer(int device, uint32_t buffer, void **address, size_t *length) {
    struct v4l2_buffer answer;
    memset(&answer, 0, sizeof answer);
    answer.index = buffer;
    answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    answer.memory = V4L2_MEMORY_MMAP;
    int error = request(device, VIDIOC_QUERYBUF, &answer);
    if (error) return error;
    /* Some drivers refuse a mapping that is for reading alone. */
    void *mapped =
        mmap(NULL, answer.length, PROT_READ | PROT_WRITE, MAP_SHARED, device, answer.m.offset);
    if (mapped == MAP_FAILED) return errno;
    *address = mapped;
    *length = answer.length;
    return 0;
}

int till_camera_unmap_buffer(void *address, size_t length) {
    return munmap(address, length) == 0 ? 0 : errno;
}

int till_camera_queue(int device, uint32_t buffer) {
    struct v4l2_buffer order;
    memset(&order, 0, sizeof order);
    order.index = buffer;
    order.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    order.memory = V4L2_MEMORY_MMAP;
    return request(device, VIDIOC_QBUF, &order);
}

int till_camera_dequeue(int device, struct till_camera_frame *frame) {
    struct v4l2_buffer answer;
    memset(&answer, 0, sizeof answer);
    answer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    answer.memory = V4L2_MEMORY_MMAP;
    int error = request(device, VIDIOC_DQBUF, &answer);
    if (error) return error;
    frame->buffer = answer.index;
    frame->byte_count = answer.bytesused;
    frame->is_broken = !!(answer.flags & V4L2_BUF_FLAG_ERROR);
    frame->taken_microseconds = 0;
    if ((answer.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
        frame->taken_microseconds =
            (uint64_t)answer.timestamp.tv_sec * 1000000 + (uint64_t)answer.timestamp.tv_usec;
    return 0;
}

static int stream(int device, unsigned long number) {
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return request(device, number, &type);
}

int till_camera_start(int device) { return stream(device, VIDIOC_STREAMON); }

int till_camera_stop(int device) { return stream(device, VIDIOC_STREAMOFF); }

int till_camera_get_control(int device, uint32_t id, int32_t *value) {
    struct v4l2_control control = {.id = id};
    int error = request(device, VIDIOC_G_CTRL, &control);
    if (!error) *value = control.value;
    return error;
}

int till_camera_set_control(int device, uint32_t id, int32_t value) {
    struct v4l2_control control = {.id = id, .value = value};
    return request(device, VIDIOC_S_CTRL, &control);
}

int till_camera_describe_control(int device, uint32_t id, int next,
                                 struct till_camera_control *control) {
    struct v4l2_queryctrl answer;
    memset(&answer, 0, sizeof answer);
    answer.id = id | (next ? V4L2_CTRL_FLAG_NEXT_CTRL : 0);
    int error = request(device, VIDIOC_QUERYCTRL, &answer);
    if (error) return error;
    memset(control, 0, sizeof *control);
    control->id = answer.id;
    control->type = answer.type;
    control->flags = answer.flags;
    copy_text(control->name, sizeof control->name, answer.name, sizeof answer.name);
    control->minimum = answer.minimum;
    control->maximum = answer.maximum;
    control->step = answer.step;
    control->preset = answer.default_value;
    /* Buttons and the headings of classes have no value. */
    if (till_camera_get_control(device, answer.id, &control->value)) control->value = 0;
    return 0;
}
