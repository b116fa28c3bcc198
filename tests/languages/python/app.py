"""A plugin in Python: an error, a store, an array."""

import struct

import wit_world.exports
from componentize_py_types import Err
from wit_world.imports.array import Index_At, Memmap, NpyOptions, Operation, Order
from wit_world.imports.store import Durability, StoreOptions, Store


class Run(wit_world.exports.Run):
    def run(self) -> None:
        try:
            Store.open("work/missing", StoreOptions(False, False, Durability.NONE))
        except Err as error:
            code = error.value.code.name.lower().replace("_", "-")
            print(f"missing: {code}")

        with Store.open("work/store", StoreOptions(True, False, Durability.NONE)) as store:
            store.set("greeting", b"hello")
            print("greeting:", store.get("greeting").decode())
            print("keys:", *store.keys().next(10))

        with Memmap.create_npy(
            "work/numbers.npy", NpyOptions("<f8", [2, 2], Order.C, None)
        ) as array:
            array.write([], struct.pack("<4d", 0.5, 1.5, 3.5, 5.25), None)
            print("row 1:", *struct.unpack("<2d", array.read([Index_At(1)])))
            for operation in (Operation.SUM, Operation.VAR):
                (result,) = struct.unpack("<d", array.reduce(operation, None).data)
                print(f"{operation.name.lower()}: {result}")
