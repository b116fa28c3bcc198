"""The works `set` and `get` of the benchmark with redis-py: `redis_loop.py WORK URL SIZE COUNT`.

Prints the seconds of the work, without its preparation and the start of Python, and its result, as
`bench-plugin provided WORK PATH SIZE COUNT` does for a store that is put at PATH.
"""

import itertools
import sys
import time

import redis


def main() -> None:
    work, url, size, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    client = redis.Redis.from_url(url)
    value = bytes(itertools.islice(itertools.cycle(range(251)), size))
    keys = [f"key {number}" for number in range(count)]
    if work == "get":
        for key in keys:
            client.set(key, value)
    total = 0
    begin = time.perf_counter()
    if work == "set":
        for key in keys:
            client.set(key, value)
    else:
        for key in keys:
            found = client.get(key)
            total += found[0] + len(found)
    print(time.perf_counter() - begin, total)


main()
