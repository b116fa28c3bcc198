"""The sums of the rows of a table, as an array beside it, and the largest of them in a store."""

from filemap_plugin import File, create_npy, open_npy, program


@program
def main() -> None:
    table = open_npy("data/table.npy", mode="r")
    sums = create_npy("data/sums.npy", dtype="<f8", shape=len(table))
    sums[:] = table.sum(axis=1)
    with File("data/results") as results:
        results["largest sum"] = str(sums.max()).encode()
        print(results)
