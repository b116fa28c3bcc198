;; The start of each handwritten plugin: the functions of filemap, and helpers.
;;
;; The memory has 16 pages. Texts are at 0x10, results of calls at 0x100, the window is the page at
;; 0x20000, and lists that the host returns begin at 0x60000, or where `$target` says.
(import "filemap:data/array@0.1.0" "[static]memmap.open"
  (func $open (param i32 i32 i32 i32 i32 i32 i64 i32 i32 i32 i32 i32)))
(import "filemap:data/array@0.1.0" "[method]memmap.read-bytes"
  (func $read_bytes (param i32 i64 i64 i32)))
(import "filemap:data/array@0.1.0" "[method]memmap.write-bytes"
  (func $write_bytes (param i32 i64 i32 i32 i32)))
(import "filemap:data/array@0.1.0" "[method]memmap.resize"
  (func $resize (param i32 i64 i32)))
(import "filemap:data/array@0.1.0" "[resource-drop]memmap" (func $drop_array (param i32)))
(import "filemap:data/mapping@0.1.0" "place"
  (func $place (param i32 i64 i64 i64 i32 i32 i32 i32)))
(memory (export "memory") 16)
(data (i32.const 0x10) "work/file.bin")
(data (i32.const 0x20) "u1")

;; Where the host puts the next list; 0 is the next free place.
(global $target (mut i32) (i32.const 0))
(global $next (mut i32) (i32.const 0x60000))

(func $allocate (param $align i32) (param $size i32) (result i32)
  (local $place i32)
  (if (global.get $target) (then (return (global.get $target))))
  (local.set $place
    (i32.and
      (i32.sub (i32.add (global.get $next) (local.get $align)) (i32.const 1))
      (i32.sub (i32.const 0) (local.get $align))))
  (global.set $next (i32.add (local.get $place) (local.get $size)))
  (local.get $place))

;; Traps unless the condition holds.
(func $assert (param $condition i32)
  (if (i32.eqz (local.get $condition)) (then (unreachable))))

;; Asserts the case of the last result: 0 is success, 1 an error.
(func $assert_case (param $case i32)
  (call $assert (i32.eq (i32.load8_u (i32.const 0x100)) (local.get $case))))

;; Opens the file as an array of bytes. Mode 0 is `read-only`, 2 `read-write`.
(func $open_file (param $mode i32) (result i32)
  (call $open
    (i32.const 0x10) (i32.const 13)
    (i32.const 1) (i32.const 0x20) (i32.const 2)
    (local.get $mode) (i64.const 0)
    (i32.const 0) (i32.const 0) (i32.const 0)
    (i32.const 0) (i32.const 0x100))
  (call $assert_case (i32.const 0))
  (i32.load (i32.const 0x104)))

;; Places the first page of the array at 0x20000.
(func $place_window (param $array i32)
  (call $place
    (local.get $array) (i64.const 0) (i64.const 0x10000) (i64.const 0x20000)
    (i32.const 0x20000) (i32.const 1) (i32.const 0) (i32.const 0x100))
  (call $assert_case (i32.const 0)))

;; Asserts the byte at an address.
(func $assert_byte (param $address i32) (param $byte i32)
  (call $assert (i32.eq (i32.load8_u (local.get $address)) (local.get $byte))))
