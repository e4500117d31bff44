"""`python -m bench.provenance_oracle [--histories N] [--seed N]`: whose each character is, against the oracle."""

import argparse
import json
import secrets
import time
from collections import Counter

from domain.provenance.attribution import Origin
from tests.provenance.oracle.checking import check

TURNS = 60
TOLD_EVERY = 500


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbits(40), help="of the first history")
    wanted = parser.parse_args()
    print(f"Histories from seed {wanted.seed}", flush=True)
    characters = uncertain = relayed = 0
    origins, taken_back, different = Counter[Origin](), Counter[str](), list[int]()
    began = time.perf_counter()
    for number in range(wanted.histories):
        try:
            checked = check(wanted.seed + number, TURNS)
        except AssertionError as error:
            different.append(wanted.seed + number)
            print(f"history {wanted.seed + number}: {error}", flush=True)
            continue
        characters += checked.characters
        uncertain += checked.uncertain
        relayed += checked.relayed
        origins += checked.origins
        taken_back += checked.taken_back
        if number % TOLD_EVERY == TOLD_EVERY - 1:
            print(f"{number + 1} histories, {len(different)} different", flush=True)
    report: dict[str, int] = {
        "histories": wanted.histories,
        "different": len(different),
        "characters": characters,
        "uncertain": uncertain,
        "relayed": relayed,
        **{origin.value: count for origin, count in origins.items()},
        **taken_back,
        "seconds": round(time.perf_counter() - began),
    }
    print(json.dumps(report))
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
