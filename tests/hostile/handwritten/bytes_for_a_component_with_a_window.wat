;; Passes bytes to another component, which offers a window that is only for reading as the memory
;; for them.
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (call $allocate (local.get 2) (local.get 3)))
(func (export "run")
  (call $prepare)
  (memory.fill (i32.const 0x40000) (i32.const 2) (i32.const 1000))
  (call $assert
    (i64.eq (call $sum (i32.const 0x40000) (i32.const 1000)) (i64.const 2000))))
