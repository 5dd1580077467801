#!/usr/bin/env python3
"""The numbers of tests.rs, worked out apart from the code that is tested: numpy and scipy, textbook formulas.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install numpy scipy && /tmp/v/bin/python reference.py
"""

import numpy as np
from scipy import stats


def noise(i, j):
    return (i * 7919 + j * 104729 + i * j * 31) % 1000


def right(i, j, bonus=0):
    return noise(i, j) < 250 + bonus + 6 * (i * 37 % 101) - 40 * j


def show(name, values):
    print(name, " ".join(f"{v:.6f}" for v in np.atleast_1d(values)))


SHEETS, QUESTIONS = 37, 8
hits = np.array([[right(i, j) for j in range(QUESTIONS)] for i in range(SHEETS)])
worth = np.array([1 + j % 2 for j in range(QUESTIONS)])
scores = hits * worth
totals = scores.sum(axis=1)

show("facility", hits.mean(axis=0))
show("point_biserial", [np.corrcoef(hits[:, j], totals - scores[:, j])[0, 1] for j in range(QUESTIONS)])
k = QUESTIONS
alpha = k / (k - 1) * (1 - scores.var(axis=0).sum() / totals.var())
sd = totals.std(ddof=1)
show("mean sd alpha sem", [totals.mean(), sd, alpha, sd * np.sqrt(1 - alpha)])
print("passed", int((totals * 100 >= 60 * worth.sum()).sum()))

# Upper and lower 27 %, those with equal points at the edge in equal part.
size = int(SHEETS * 0.27 + 0.5)


def group(best):
    order = np.sort(totals)[::-1] if best else np.sort(totals)
    edge = order[size - 1]
    inside = totals > edge if best else totals < edge
    on = totals == edge
    return inside + on * (size - inside.sum()) / on.sum()


show("discrimination", [(group(True) @ hits[:, j] - group(False) @ hits[:, j]) / size for j in range(QUESTIONS)])

# Five sets, the third easier, the fifth as hard as the others and shorter.
sizes, bonuses = [30, 34, 31, 28, 12], [0, 0, 230, 0, 0]
percents = []
for s, (n, bonus) in enumerate(zip(sizes, bonuses)):
    points = np.array([sum(right(i + 50 * s, j, bonus) for j in range(20)) for i in range(n)])
    percents.append(points * 5.0)
for s in range(5):
    own, rest = percents[s], np.concatenate([percents[o] for o in range(5) if o != s])
    table = [[(own >= 50).sum(), (own < 50).sum()], [(rest >= 50).sum(), (rest < 50).sum()]]
    fisher = stats.fisher_exact(table)[1]
    welch = stats.ttest_ind(own, rest, equal_var=False)[1]
    print("set", s + 1, table, f"{own.mean():.6f} {rest.mean():.6f} {fisher:.9f} {welch:.9f}")
