"""The most even load of a year that an exact solver finds: even_load.py FILE. First line: how many people; then for each
session and duty: the day, how many are needed, and the numbers of those who may. Each further duty of a person costs more
than the one before, so that the cheapest flow is the most even one. Weeks, ways and pairs are left out: what is found is a
bound that no draw under all rules can be better than."""
import sys
import numpy
from ortools.graph.python import min_cost_flow

lines = open(sys.argv[1]).read().split("\n")
people = int(lines[0])
needs = [tuple(map(int, line.split())) for line in lines[1:] if line]
sink, most = people + len(needs), 12
tails, heads, capacities, costs = [], [], [], []
for number, (_, _, *may) in enumerate(needs):
    tails += [people + number] * len(may)
    heads += may
    capacities += [1] * len(may)
    costs += [0] * len(may)
for step in range(most):
    tails += range(people)
    heads += [sink] * people
    capacities += [1] * people
    costs += [2 * step + 1] * people
flow = min_cost_flow.SimpleMinCostFlow()
arcs = flow.add_arcs_with_capacity_and_unit_cost(*map(numpy.array, (tails, heads, capacities, costs)))
for number, (_, needed, *_) in enumerate(needs):
    flow.set_node_supply(people + number, needed)
flow.set_node_supply(sink, -sum(needed for _, needed, *_ in needs))
if flow.solve() != flow.OPTIMAL:
    sys.exit("the solver finds no complete assignment")
loads = numpy.zeros(people, int)
used = flow.flows(arcs)
for arc in range(len(used) - most * people, len(used)):
    loads[tails[arc]] += used[arc]
could = sorted({person for _, _, *may in needs for person in may})
of = loads[could]
print(f"the optimum by OR-Tools, a bound: {of.min()} to {of.max()}, spread {of.max() - of.min()}")
