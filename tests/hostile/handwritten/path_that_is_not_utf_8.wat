;; Passes a path that is not UTF-8.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (i32.store8 (i32.const 0x15) (i32.const 0xff))
  (drop (call $open_file (i32.const 0))))
