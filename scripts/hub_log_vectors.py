#!/usr/bin/env python3
"""Makes Tests/Vectors/hub-log.json: trees, proofs, leaves and checkpoints after docs/spec/hub-log.md, by the
recursive definitions of RFC 9162 (2.1.1, 2.1.3.1, 2.1.4.1), with the standard library and an Ed25519 of its own.

  hub_log_vectors.py > Tests/Vectors/hub-log.json
"""

import base64
import hashlib
import json
import sys


def sha(data):
    return hashlib.sha256(data).digest()


def split(count):
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def root(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return sha(b"\x00" + leaves[0])
    k = split(len(leaves))
    return sha(b"\x01" + root(leaves[:k]) + root(leaves[k:]))


def path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return path(m, leaves[:k]) + [root(leaves[k:])]
    return path(m - k, leaves[k:]) + [root(leaves[:k])]


def subproof(m, leaves, known):
    if m == len(leaves):
        return [] if known else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return subproof(m, leaves[:k], known) + [root(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [root(leaves[:k])]


# CBOR of a leaf, by hand (RFC 8949, 4.2.1).
def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise ValueError(number)


def leaf(terminal, journal, number, batch, acknowledgement):
    text = terminal.encode()
    return (head(4, 6) + head(0, 1) + head(3, len(text)) + text + head(2, 8) + journal + head(0, number)
            + head(2, 32) + sha(batch) + head(2, 32) + sha(acknowledgement))


# Ed25519 (RFC 8032, 5.1), as slow as it is short.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def recover(y):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    return x if x % 2 == 0 else P - x


BY = 4 * pow(5, P - 2, P) % P
B = (recover(BY), BY)


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + t, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, P - 2, P) % P)


def times(n, p):
    q = (0, 1)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


def point(p):
    return (p[1] | (p[0] & 1) << 255).to_bytes(32, "little")


def sign(seed, message):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    key = point(times(a, B))
    r = int.from_bytes(hashlib.sha512(h[32:] + message).digest(), "little") % L
    start = point(times(r, B))
    k = int.from_bytes(hashlib.sha512(start + key + message).digest(), "little") % L
    return key, start + ((r + k * a) % L).to_bytes(32, "little")


def checkpoint(seed, origin, leaves, at):
    body = f"{origin}\n{len(leaves)}\n{base64.b64encode(root(leaves)).decode()}\n{at}\n"
    key, signature = sign(seed, body.encode())
    name = sha(origin.encode() + b"\n\x01" + key)[:4]
    return f"{body}\n\u2014 {origin} {base64.b64encode(name + signature).decode()}\n"


def lines(hashes):
    return "".join(base64.b64encode(one).decode() + "\n" for one in hashes)


def main():
    # Trees of made-up leaves: every inclusion and consistency up to 17, and a few larger ones.
    leaves = [bytes([n % 251]) * (n % 5) + n.to_bytes(2, "big") for n in range(300)]
    trees = []
    for size in [*range(0, 18), 31, 32, 33, 64, 65, 129, 257, 300]:
        tree = leaves[:size]
        some = range(size) if size <= 17 else sorted({0, 1, size // 2, size - 2, size - 1})
        olds = range(1, size + 1) if size <= 17 else sorted({1, 2, 3, size // 2, 64 if size > 64 else 16, size - 1})
        trees.append({
            "size": size, "root": root(tree).hex(),
            "inclusion": [[m, [one.hex() for one in path(m, tree)]] for m in some],
            "consistency": [[old, [one.hex() for one in subproof(old, tree, True)]] for old in olds]})
    # Whole texts, signed by a hub's key of the seed of 32 bytes 02.
    seed, origin = bytes([2]) * 32, "till-hub-log/1/m42"
    batches = [leaf(f"till:m42/t{n % 3}", bytes([n % 3]) * 8, n // 3 + 1, b"batch %d" % n, b"answer %d" % n)
               for n in range(7)]
    new = checkpoint(seed, origin, batches, 1800000000)
    json.dump({
        "source": "scripts/hub_log_vectors.py",
        "leaves": [one.hex() for one in leaves], "trees": trees,
        "batches": [one.hex() for one in batches],
        "checkpoints": [checkpoint(seed, origin, batches[:size], 1800000000 - 7 + size) for size in range(8)],
        "inclusion": [
            "c2sp.org/tlog-proof@v1\nextra " + base64.b64encode(batches[n]).decode() + f"\nindex {n}\n"
            + lines(path(n, batches)) + "\n" + new for n in range(7)],
        "consistency": [
            f"old {old}\n" + lines(subproof(old, batches, True) if old else []) + "\n" + new
            for old in range(8)],
    }, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
