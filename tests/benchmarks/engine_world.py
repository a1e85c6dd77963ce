"""What the subjects of the engine's benchmark share: roads as plain nodes, and a row of the table."""

from __future__ import annotations

import json
import resource
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from catchment.model import Places

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Ground:
    """The roads a subject works on."""

    name: str
    roads: Path
    demo: Path | None = None
    """Folder that keeps the generated prefecture."""


def grounds(data: Path, demo: Path | None) -> dict[str, Ground]:
    """One connected region, and the size of a large prefecture."""
    return {
        "porto": Ground("Porto", data / "porto" / "porto.osm.pbf", demo),
        "fourteen": Ground("14 regions", data / "scale" / "fourteen_regions.osm.pbf", demo),
    }


@dataclass(frozen=True)
class Row:
    """One figure: ours, beside a peer's where there is one."""

    work: str
    ours_s: float
    peer: str = ""
    peer_s: float = 0.0
    most_s: float = 0.0
    """Demanded of us, 0 for nothing."""
    least_ratio: float = 0.0
    """Demanded of the peer's time over ours, 0 for nothing."""
    same: bool = True
    """The answers agree."""
    note: str = ""
    ground: str = ""

    @property
    def kept(self) -> bool:
        fast = not self.most_s or self.ours_s <= self.most_s
        return self.same and fast and (not self.least_ratio or self.peer_s >= self.least_ratio * self.ours_s)

    @property
    def ratio(self) -> float:
        return self.peer_s / self.ours_s if self.peer else 0.0


def say(row: Row) -> None:
    """Hand a figure to the process that prints the table."""
    print(json.dumps(asdict(row)), flush=True)


def best(work, times=3):
    """Result and least seconds of some repetitions."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - begun)
    return result, min(spent)


def best_busy(work, times=3):
    """Result, least seconds, and least seconds of the processor over all threads, which other programs spoil less."""
    spent, busy = [], []
    for _ in range(times):
        begun, begun_busy = time.perf_counter(), time.process_time()
        result = work()
        spent.append(time.perf_counter() - begun)
        busy.append(time.process_time() - begun_busy)
    return result, min(spent), min(busy)


def peak_gb():
    """The most memory that this process has held [GB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


@dataclass(frozen=True)
class Nodes:
    """Roads of one mode with every vertex a node and every segment an edge, as the peers want them."""

    start: np.ndarray
    end: np.ndarray
    mm: np.ndarray
    xy: np.ndarray
    places: Places
    """Each node as a place on our graph, without a gap."""

    def __len__(self) -> int:
        return len(self.xy)

    def some(self, index: np.ndarray) -> Places:
        return Places(self.places.edge[index], self.places.offset_mm[index], self.places.gap_mm[index])

    def matrix(self) -> coo_array:
        """For scipy: of parallel edges the shortest, no loops; lengths of 0 are kept as a millimetre's millionth."""
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        order = np.lexsort((self.mm, high, low))
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
        kept = order[first & (low != high)[order]]
        heavy = np.maximum(self.mm[kept], 1e-6)
        return coo_array((heavy, (low[kept], high[kept])), shape=(len(self),) * 2).tocsr()


def nodes_of(roads) -> Nodes:
    """The nodes of a folded graph, numbered by where they first stand along its edges."""
    streets = roads.streets
    ptr, usable = streets.vertex_ptr, roads.edge_chain >= 0
    edge = np.repeat(np.arange(len(streets)), np.diff(ptr))
    node = np.full(len(edge), -1, np.int64)
    node[ptr[:-1]], node[ptr[1:] - 1] = streets.start, streets.end
    inner = node < 0
    node[inner] = len(streets.node_id) + np.arange(inner.sum())
    used = np.flatnonzero(usable[edge])
    _, first, number = np.unique(node[used], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    whole = np.full(len(edge), -1)
    whole[used] = rank[number]
    begins = np.ones(len(edge), bool)
    begins[ptr[1:] - 1] = False
    vertex = np.flatnonzero(begins & usable[edge])
    at = used[np.sort(first)]
    places = Places(edge[at].astype(np.int32), streets.vertex_mm[at].astype(np.int64), np.zeros(len(at), np.int64))
    mm = streets.vertex_mm[vertex + 1] - streets.vertex_mm[vertex]
    return Nodes(whole[vertex], whole[vertex + 1], mm, streets.vertex_xy[at], places)
