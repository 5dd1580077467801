#!/usr/bin/env python3
"""Does the draw of a `seating`, `sets`, `staff` or `question_sets` transcript again: python3 draw_check.py FILE (or - for standard input).

Written from docs/draw.md alone, standard library only. Prints `established` or `refuted: WHAT`; exit status 0 or 1.
"""
import hashlib, json, struct, sys

def quarter(s, a, b, c, d):
    for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & 0xFFFFFFFF
        s[z] ^= s[x]
        s[z] = (s[z] << n | s[z] >> (32 - n)) & 0xFFFFFFFF

def stream(seed):
    """Numbers of 64 bits from the key stream of ChaCha20: counter and nonce start at zero."""
    counter = 0
    while True:
        start = list(struct.unpack("<16L", b"expand 32-byte k" + seed + struct.pack("<QQ", counter, 0)))
        s = start[:]
        for _ in range(10):
            for i in range(4):
                quarter(s, i, 4 + i, 8 + i, 12 + i)
            for i in range(4):
                quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        yield from struct.unpack("<8Q", struct.pack("<16L", *((x + y) & 0xFFFFFFFF for x, y in zip(s, start))))
        counter += 1

def pick(numbers, n):
    return next(x for x in numbers if x < 2**64 // n * n) % n

def shuffle(numbers, items):
    left = list(items)
    return [left.pop(pick(numbers, len(left))) for _ in range(len(left))]

def seating(given, numbers):
    filled = [0] * len(given["rooms"])
    for _ in given["candidates"]:
        open_rooms = [i for i, room in enumerate(given["rooms"]) if filled[i] < room["seats"]]
        filled[min(open_rooms, key=lambda i: filled[i])] += 1
    places = [(room["code"], seat + 1) for room, n in zip(given["rooms"], filled) for seat in range(n)]
    drawn = shuffle(numbers, given["candidates"])
    return {"seats": [{"ticket": t, "room": r, "seat": s} for t, (r, s) in zip(drawn, places)]}

def sets(given, numbers):
    where = {(s["room"], s["seat"]): i for i, s in enumerate(given["seats"])}
    row, drawn = given["row"], {}
    for i in shuffle(numbers, range(len(given["seats"]))):
        room, seat = given["seats"][i]["room"], given["seats"][i]["seat"]
        beside = [seat - row, seat + row] + [s for s in (seat - 1, seat + 1) if (s - 1) // row == (seat - 1) // row]
        taken = {drawn.get(where.get((room, s))) for s in beside} if given["avoid"] else set()
        everything = list(range(1, given["sets"] + 1))
        left = [s for s in everything if s not in taken] or everything
        drawn[i] = left[pick(numbers, len(left))]
    return {"sets": [{"ticket": s["ticket"], "set": drawn[i]} for i, s in enumerate(given["seats"])]}

def fill(eligible, taken, open_posts):
    """Whether the open posts can all be filled by people who have none yet: augmenting paths."""
    at = {}
    def move(post, seen):
        for person in eligible[post]:
            if person not in taken and person not in seen:
                seen.add(person)
                if person not in at or move(at[person], seen):
                    at[person] = post
                    return True
        return False
    return all(move(post, set()) for post in open_posts)

def staff(given, numbers):
    posts, eligible, taken, filled = given["posts"], given["eligible"], set(), []
    reserve = [i for i, post in enumerate(posts) if post["kind"].startswith("reserve_")]
    order = shuffle(numbers, [i for i in range(len(posts)) if i not in reserve]) + reserve
    for place, post in enumerate(order):
        free = [person for person in eligible[post] if person not in taken]
        choices = [person for person in free if fill(eligible, taken | {person}, order[place + 1:])]
        person = choices[pick(numbers, len(choices))]
        taken.add(person)
        filled.append({"post": posts[post]["code"], "person": person, "among": len(choices)})
    return {"filled": filled}

def question_sets(given, numbers):
    types = ("true_false", "single", "multiple")
    stocks = [(s["questions"], s["count"]) for s in given.get("shares", [])]
    stocks = stocks or [(given[t], given["blueprint"][t]) for t in types]
    fresh, drawn = [list(everything) for everything, _ in stocks], []
    for _ in range(given["sets"]):
        chosen = []
        for left, (everything, count) in zip(fresh, stocks):
            dealt, kept = [], []
            for _ in range(count):
                if not left:
                    kept = list(dealt)
                    left[:] = [q for q in everything if q not in dealt]
                dealt.append(left.pop(pick(numbers, len(left))))
            left[:] = [q for q in everything if q in left or q in kept]
            chosen += dealt
        drawn.append(chosen)
    return {"sets": drawn}

def check(t):
    canonical = json.dumps(t["input"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    input_hash = hashlib.sha256(canonical.encode()).hexdigest()
    secrets = [(p["name"].encode(), bytes.fromhex(p["secret"])) for p in t["parties"]]
    fields = [t[k].encode() for k in ("version", "purpose", "subject", "rule_set")] + [input_hash.encode()]
    fields += [(t["public_number"] or "").encode()] + [part for pair in secrets for part in pair]
    seed = hashlib.sha256(b"".join(b"%d:%s," % (len(f), f) for f in fields)).digest()
    if [p["commitment"] for p in t["parties"]] != [hashlib.sha256(s).hexdigest() for _, s in secrets]:
        return "refuted: commitments"
    if secrets != sorted(secrets) or len({n for n, _ in secrets}) != len(secrets) or not secrets:
        return "refuted: parties"
    if t["version"] != "kaodian-draw/1" or input_hash != t["input_hash"] or seed.hex() != t["seed"]:
        return "refuted: seed"
    run = {"seating": seating, "sets": sets, "staff": staff, "question_sets": question_sets}.get(t["purpose"])
    if run is None:
        return "refuted: this script knows seating, sets, staff and question_sets only"
    return "established" if run(t["input"], stream(seed)) == t["result"] else "refuted: result"

if __name__ == "__main__":
    file = sys.stdin.buffer if sys.argv[1] == "-" else open(sys.argv[1], "rb")
    answer = check(json.loads(file.read()))
    print(answer)
    sys.exit(answer != "established")
