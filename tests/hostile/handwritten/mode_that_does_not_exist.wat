;; Passes a number that is no mode.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (drop (call $open_file (i32.const 77))))
