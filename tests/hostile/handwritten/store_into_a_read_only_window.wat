;; Writes to a window that is only for reading.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (call $place_window (call $open_file (i32.const 0)))
  (i32.store8 (i32.const 0x20005) (i32.const 9)))
