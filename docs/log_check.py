#!/usr/bin/env python3
"""Checks an exported day of the log (docs/log.md) with nothing but Python's standard library.

    python3 log_check.py DIRECTORY [--key NAME+ID+KEY] [--checkpoint FILE]

Prints one JSON document; exit status 0 if everything is as it was logged, 1 if not.
"""
import argparse
import base64
import datetime
import hashlib
import json
import pathlib
import sys

WIDTH = 256
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


class Wrong(Exception):
    """Something is not as it was logged."""


# Ed25519 as in RFC 8032, section 6, for verifying alone.
def recover(y, sign):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - x2) % P or (x == 0 and sign):
        raise Wrong("a key or signature is no point of the curve")
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover(y, sign)
    return (x, y, 1, x * y % P)


def add(a, b):
    A, B = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    C, E = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = B - A, E - C, E + C, B + A
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, a):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, a)
        a, n = add(a, a), n >> 1
    return total


Y = 4 * pow(5, P - 2, P) % P
X = recover(Y, 0)
BASE = (X, Y, 1, X * Y % P)


def signed(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    try:
        a, r = point(key), point(signature[:32])
    except Wrong:
        return False
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(h, a))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return s < Q and same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Key:
    """name+id+key, as it is passed on (C2SP signed-note)."""

    def __init__(self, text):
        self.name, ident, encoded = text.strip().split("+", 2)
        data = base64.b64decode(encoded, validate=True)
        self.kind, self.key = data[0], data[1:]
        self.ident = sha(self.name.encode(), b"\n", data)[:4]
        if self.ident.hex() != ident or self.kind not in (1, 4):
            raise Wrong(f"{text} is no key")

    def has_signed(self, text, lines):
        for line in lines:
            name, encoded = line[2:].split(" ", 1)
            data = base64.b64decode(encoded, validate=True)
            if name != self.name or data[:4] != self.ident:
                continue
            if self.kind == 1:
                return signed(self.key, text, data[4:])
            time = int.from_bytes(data[4:12], "big")
            return signed(self.key, b"cosignature/v1\ntime %d\n" % time + text, data[12:])
        return False


def note(data):
    text, _, lines = data.rpartition(b"\n\n")
    text += b"\n"
    origin, size, root = text.decode().split("\n")[:3]
    return text, lines.decode().splitlines(), origin, int(size), base64.b64decode(root, validate=True)


def name(index, width):
    path = f"{index % 1000:03d}"
    while index >= 1000:
        index //= 1000
        path = f"x{index % 1000:03d}/{path}"
    return path if width == WIDTH else f"{path}.p/{width}"


def root_of(hashes):
    """The root over leaves or equal subtrees (RFC 6962, section 2.1)."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\1", root_of(hashes[:half]), root_of(hashes[half:]))


class Tree:
    """The tree of a checkpoint, from the tiles of levels 0 and 1."""

    def __init__(self, directory, size, root):
        self.directory, self.size = directory, size
        full, rest = divmod(size, WIDTH)
        self.full = [h for i in range(-(-full // WIDTH)) for h in self.tile(1, i, min(WIDTH, full - i * WIDTH))]
        self.rest = self.tile(0, full, rest) if rest else []
        if self.root(size) != root:
            raise Wrong("the tiles do not give the root of the checkpoint")

    def tile(self, level, index, width):
        data = (self.directory / f"tile/{level}" / name(index, width)).read_bytes()
        if len(data) != 32 * width:
            raise Wrong(f"tile {level}/{index} has another length")
        return [data[i : i + 32] for i in range(0, len(data), 32)]

    def root(self, size):
        """The root of the first leaves; what is not full needs the tile of level 0."""
        full, rest = divmod(size, WIDTH)
        last = []
        if rest:
            width = min(WIDTH, self.size - full * WIDTH)
            last = self.leaves(full, width)[:rest]
        return self.join(self.full[:full], last)

    def join(self, full, last):
        if not last:
            return root_of(full)
        if not full:
            return root_of(last)
        half = 1 << len(full).bit_length() - 1
        return sha(b"\1", root_of(full[:half]), self.join(full[half:], last))

    def leaves(self, index, width):
        hashes = self.tile(0, index, width)
        known = root_of(self.rest) if width < WIDTH else self.full[index]
        if root_of(hashes) != known:
            raise Wrong(f"the leaves from {index * WIDTH + 1} on are not those of the checkpoint")
        return hashes


def entries(data):
    while data:
        length = int.from_bytes(data[:2], "big")
        yield data[2 : 2 + length]
        data = data[2 + length :]


def leaf_of(event):
    commitment = hashlib.sha256(bytes.fromhex(event["salt"]))
    for part in (event["actor"], event["rule_set"], event["body"]):
        text = None if part is None else part.encode()
        commitment.update(b"-" if text is None else b"%d:%b," % (len(text), text))
    head = f"kaodian-entry/1\n{event['seq']}\n{event['at']}\n{event['kind']}\n"
    return f"{head}{commitment.hexdigest()}\n".encode()


def day_of(leaf):
    at = int(leaf.split(b"\n")[2])
    china = datetime.timezone(datetime.timedelta(hours=8))
    return datetime.datetime.fromtimestamp(at // 1000, china).date().isoformat()


def check(directory, key, kept, answer):
    contents = json.loads((directory / "contents.json").read_text("utf-8"))
    datetime.date.fromisoformat(contents["day"])
    keys = [Key(line) for line in (directory / "keys.txt").read_text("utf-8").splitlines()]
    log = Key(key) if key else keys[0]
    text, lines, origin, size, root = note((directory / "checkpoint").read_bytes())
    answer.update(day=contents["day"], size=size, root=root.hex())
    if origin != log.name or not log.has_signed(text, lines):
        raise Wrong("the checkpoint is not signed by the log")
    answer["witnesses"] = [witness.name for witness in keys[1:] if witness.has_signed(text, lines)]
    tree = Tree(directory, size, root)
    if kept:
        text, lines, origin, old, old_root = note(pathlib.Path(kept).read_bytes())
        if origin != log.name or not log.has_signed(text, lines):
            raise Wrong("the checkpoint that was kept is not signed by the log")
        try:
            same = old <= size and tree.root(old) == old_root
        except FileNotFoundError:
            same = None
            answer["not_established"].append("the checkpoint that was kept: its leaves are not in these files")
        if same is False:
            raise Wrong("the log is not the one of the checkpoint that was kept")
    lines = (directory / "events.jsonl").read_text("utf-8").splitlines()
    told = {event["seq"]: event for event in map(json.loads, lines)}
    kept_back = set(contents["kept_back"])
    answer.update(events=len(told), kept_back=len(kept_back))
    for index in sorted({(seq - 1) // WIDTH for seq in told.keys() | kept_back}):
        width = min(WIDTH, size - index * WIDTH)
        bundle = list(entries((directory / "tile/entries" / name(index, width)).read_bytes()))
        if [sha(b"\0", leaf) for leaf in bundle] != tree.leaves(index, width):
            raise Wrong(f"the entries from {index * WIDTH + 1} on are not those of the checkpoint")
        for seq, leaf in enumerate(bundle, index * WIDTH + 1):
            if seq in told and leaf_of(told[seq]) != leaf:
                raise Wrong(f"event {seq} is not the one that was logged")
            if seq not in told and seq not in kept_back and day_of(leaf) == contents["day"]:
                raise Wrong(f"event {seq} of the day is left out")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--key", help="the key of the log: name+id+key")
    parser.add_argument("--checkpoint", help="a checkpoint that was kept elsewhere")
    asked = parser.parse_args()
    answer = {"verdict": "intact", "wrong": None, "not_established": ["that the events say what happened"]}
    if not asked.key:
        answer["not_established"].append("that the key beside the files is that of the log: give --key")
    if not asked.checkpoint:
        answer["not_established"].append("that the log was not made anew: give a --checkpoint that was kept elsewhere")
    try:
        check(asked.directory, asked.key, asked.checkpoint, answer)
    except (Wrong, OSError, ValueError, KeyError, IndexError) as error:
        answer.update(verdict="broken", wrong=str(error) or type(error).__name__)
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if answer["verdict"] == "intact" else 1


if __name__ == "__main__":
    sys.exit(main())
