#!/usr/bin/env python3
"""A USB webcam (UVC 1.1, bulk) for the guest, made on the host: speaks the usbredir protocol to QEMU's usb-redir device, so the guest's
own xhci and uvcvideo drivers handle it as real hardware. Plain Python, no library.
  usbcam.py SOCKET [--size 640x480] [--fps 10] [--mjpeg]         run; commands on standard input or as lines to SOCKET.ctl (a unix datagram socket):
     frame FILE      show this raw frame (YUYV of the size, or a JPEG with --mjpeg) from now on
     unplug | plug   pull the plug / put it back        stall on|off   freeze: no more data      truncate on|off   half frames
     error on|off    set the UVC error bit on payloads   quit
QEMU side: -chardev socket,id=cam,path=SOCKET,reconnect=1 -device usb-redir,chardev=cam,bus=xhci.0"""
import argparse, os, select, socket, struct, sys, time
p = argparse.ArgumentParser(); p.add_argument('sock'); p.add_argument('--size', default='640x480'); p.add_argument('--fps', type=float, default=10); p.add_argument('--mjpeg', action='store_true'); p.add_argument('-v', action='store_true')
p.add_argument('--frame')
a = p.parse_args(); W, H = map(int, a.size.split('x')); PAY = 16384; HDR = 2
VID, PID = 0x1209, 0x7111     # pid.codes test range
ival = int(1e7 / a.fps); maxf = W * H * 2
le = lambda n, v: v.to_bytes(n, 'little')
def desc(t, b): return bytes([len(b) + 2, t]) + b
dev = desc(1, le(2, 0x200) + bytes([0xef, 2, 1, 64]) + le(2, VID) + le(2, PID) + le(2, 0x100) + bytes([1, 2, 3, 1]))
qual = desc(6, le(2, 0x200) + bytes([0xef, 2, 1, 64, 1, 0]))
cam = desc(0x24, bytes([2, 1]) + le(2, 0x201) + bytes([0, 0]) + le(2, 0) * 3 + bytes([3, 0, 0, 0]))
out = desc(0x24, bytes([3, 2]) + le(2, 0x101) + bytes([0, 1, 0]))
vc = desc(0x24, bytes([1]) + le(2, 0x110) + le(2, 13 + len(cam) + len(out)) + le(4, 48000000) + bytes([1, 1])) + cam + out
if a.mjpeg:
    fmt = desc(0x24, bytes([6, 1, 1, 1, 1, 0, 0, 0, 0])); sub = 7
else:
    fmt = desc(0x24, bytes([4, 1, 1]) + bytes.fromhex('5955593200001000800000aa00389b71') + bytes([16, 1, 0, 0, 0, 0])); sub = 5
frm = desc(0x24, bytes([sub, 1, 0]) + le(2, W) + le(2, H) + le(4, int(maxf * 8 * a.fps)) * 2 + le(4, maxf) + le(4, ival) + bytes([1]) + le(4, ival))
col = desc(0x24, bytes([13, 1, 1, 4]))
vsl = 14 + len(fmt) + len(frm) + len(col)
vs = desc(0x24, bytes([1, 1]) + le(2, vsl) + bytes([0x81, 0, 2, 0, 0, 0, 1, 0])) + fmt + frm + col
body = desc(11, bytes([0, 2, 14, 3, 0, 2])) + desc(4, bytes([0, 0, 0, 14, 1, 0, 2])) + vc + desc(4, bytes([1, 0, 1, 14, 2, 0, 0])) + vs + desc(5, bytes([0x81, 2]) + le(2, 512) + bytes([0]))
conf = desc(2, le(2, 9 + len(body)) + bytes([2, 1, 0, 0x80, 250])) + body
strs = {0: desc(3, le(2, 0x409)), 1: desc(3, 'Till test'.encode('utf-16-le')), 2: desc(3, 'Till test webcam'.encode('utf-16-le')), 3: desc(3, '0001'.encode('utf-16-le'))}
probe = lambda: le(2, 1) + bytes([1, 1]) + le(4, ival) + le(2, 0) * 4 + le(2, 0) + le(4, maxf) + le(4, PAY) + le(4, 48000000) + bytes([0, 1, 1, 0])
log = lambda *x: print('usbcam:', *x, file=sys.stderr, flush=True) if a.v else None

class Link:
    def __init__(s, c): s.c = c; s.b = b''; s.id64 = False; s.caps = 0
    def send(s, t, d, i=0): s.c.sendall(struct.pack('<IIQ' if s.id64 else '<III', t, len(d), i) + d)

state = dict(frame=open(a.frame, 'rb').read() if a.frame else b'', plugged=True, stall=False, truncate=False, error=False)
fid = 0; left = b''; hb = 0; next_t = 0.0; queue = []; n_frames = 0
def start_frame():
    global fid, left, next_t, n_frames
    fid ^= 1; left = state['frame'][:len(state['frame']) // 2] if state['truncate'] else state['frame']; next_t = max(next_t + 1 / a.fps, time.time() - .5 / a.fps); n_frames += 1
def feed(l):
    """answer as many queued bulk-in requests as the frame rate lets us"""
    global left
    while queue:
        if not left:
            if state['stall'] or not state['frame'] or time.time() < next_t: return
            start_frame()
        i, ln = queue.pop(0); room = min(ln, PAY) - HDR; d, left = left[:room], left[room:]
        h = bytes([HDR, 0x80 | fid | (0 if left else 2) | (0x40 if state['error'] else 0)])
        r = h + d; l.send(101, struct.pack('<BBHIH', 0x81, 0, len(r) & 0xffff, 0, len(r) >> 16) + r, i)
def plug(l):
    z32 = bytes(32)
    ty = bytearray(b'\xff' * 32); ty[0] = ty[16] = 0; ty[17] = 2; iv = bytes(32); inf = bytearray(32); inf[17] = 1; mp = bytearray(64); mp[0:2] = mp[32:34] = le(2, 64); mp[34:36] = le(2, 512)
    l.send(4, le(4, 2) + bytes([0, 1]) + bytes(30) + bytes([14, 14]) + bytes(30) + bytes([1, 2]) + bytes(30) + z32)
    ep = bytes(ty) + iv + bytes(inf)
    if l.caps >> 4 & 1: ep += bytes(mp)
    if l.caps & 1: ep += bytes(128)
    l.send(5, ep)
    l.send(1, bytes([2, 0xef, 2, 1]) + le(2, VID) + le(2, PID) + (le(2, 0x100) if l.caps >> 1 & 1 else b''))
def control(l, i, d):
    ep, req, rt, _, val, idx, ln = struct.unpack('<BBBBHHH', d[:10]); data = d[10:]; r = None; st = 0
    if rt == 0x80 and req == 6:
        t, n = val >> 8, val & 255; r = {1: dev, 2: conf, 6: qual}.get(t) if t != 3 else strs.get(n)
    elif rt == 0x80 and req == 0: r = b'\0\0'
    elif rt == 0xa1 and idx & 255 == 1 and val >> 8 in (1, 2):
        if req in (0x81, 0x82, 0x83, 0x87): r = probe()[:ln]
        elif req == 0x86: r = b'\x03'
        elif req == 0x85: r = le(2, len(probe()))
    elif rt == 0x21 and idx & 255 == 1: r = b''
    elif rt == 2 and req == 1: r = b''     # CLEAR_FEATURE(HALT): end of stream
    if r is None: st = 4; r = b''; log(f'stalled rt {rt:#x} req {req:#x} val {val:#x} idx {idx:#x}')
    if rt & 0x80: r = r[:ln]; l.send(100, struct.pack('<BBBBHHH', ep, req, rt, st, val, idx, len(r)) + r, i)
    else: l.send(100, struct.pack('<BBBBHHH', ep, req, rt, st, val, idx, ln if not st else 0), i)
def packet(l, t, i, d):
    global left
    if t == 0:
        l.caps = struct.unpack('<I', d[64:68])[0] if len(d) >= 68 else 0; l.caps &= MYCAPS; log('hello', d[:40].rstrip(b'\0'), f'caps {l.caps:#x}')
        l.id64 = bool(l.caps >> 5 & 1)
        if state['plugged']: plug(l)
    elif t == 3: queue.clear(); left = b''; log('reset')
    elif t == 6: l.send(8, bytes([0, d[0]]), i)
    elif t == 7: l.send(8, bytes([0, 1]), i)
    elif t == 9: queue.clear(); left = b''; l.send(11, bytes([0, d[0], d[1]]), i); log('alt', d)
    elif t == 10: l.send(11, bytes([0, d[0], 0]), i)
    elif t == 21:
        for k, (qi, ln) in enumerate(queue):
            if qi == i: del queue[k]; l.send(101, struct.pack('<BBHIH', 0x81, 1, 0, 0, 0), i); break
    elif t == 100: control(l, i, d)
    elif t == 101:
        ep, st, ln, sid, hi = struct.unpack('<BBHIH', d[:10])
        if ep & 0x80: queue.append((i, ln | hi << 16))
    elif t in (2, 22, 23, 24): log('type', t)
    else: log('unhandled type', t)
MYCAPS = 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6
def command(l, s):
    global left
    w = s.split(None, 1)
    if not w: return
    if w[0] == 'frame': state['frame'] = open(w[1].strip(), 'rb').read()
    elif w[0] == 'unplug':
        state['plugged'] = False; queue.clear(); left = b''
        if l: l.send(2, b'')
    elif w[0] == 'plug':
        state['plugged'] = True
        if l: plug(l)
    elif w[0] in ('stall', 'truncate', 'error'): state[w[0]] = w[1].strip() == 'on'
    elif w[0] == 'quit': sys.exit(0)
    else: print('?', s, file=sys.stderr)
for f in (a.sock, a.sock + '.ctl'):
    try: os.unlink(f)
    except FileNotFoundError: pass
L = socket.socket(socket.AF_UNIX); L.bind(a.sock); L.listen(1)
C = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); C.bind(a.sock + '.ctl')
print('ready', flush=True); l = None
while True:
    wait = 1.0
    if l and queue and (left or (state['frame'] and not state['stall'])): wait = max(0, min(1, next_t - time.time()))
    r, _, _ = select.select([L, C] + ([l.c] if l else []), [], [], wait)
    if L in r:
        c, _ = L.accept(); l = Link(c); queue.clear(); l.send(0, b'till usbcam'.ljust(64, b'\0') + le(4, MYCAPS)); log('QEMU connected')
    if C in r: 
        for s in C.recv(65536).decode().split('\n'):
            try: command(l, s)
            except OSError as e: print('usbcam:', e, file=sys.stderr)
    try:
        if l and l.c in r:
            d = l.c.recv(1 << 20)
            if not d: l = None; log('QEMU gone'); continue
            l.b += d
            while True:
                hs = 16 if l.id64 else 12
                if len(l.b) < hs: break
                t, ln = struct.unpack('<II', l.b[:8]); i = int.from_bytes(l.b[8:hs], 'little')
                if len(l.b) < hs + ln: break
                body_, l.b = l.b[hs:hs + ln], l.b[hs + ln:]; packet(l, t, i, body_)
        if l: feed(l)
    except OSError as e: log(e); l = None
