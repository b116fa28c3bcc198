;; Passes a list that is not in its memory.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (call $write_bytes
    (call $open_file (i32.const 2)) (i64.const 0) (i32.const 0xfffff) (i32.const 2)
    (i32.const 0x100)))
