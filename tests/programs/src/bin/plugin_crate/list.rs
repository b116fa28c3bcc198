/// Calls a macro with the names of all cases.
macro_rules! for_each_case {
    ($macro:ident) => {
        $macro! {
            // array.rs
            array_is_bytes_for_reading_unless_it_is_asked_for_more
            array_options_are_those_of_numpy
            array_is_indexed_by_numbers_ranges_and_lists
            array_is_written_to
            array_has_views
            array_reduces_to_typed_scalars
            array_in_an_npy_file
            array_is_resized_advised_and_closed
            array_that_cannot_be_opened_says_why
            // store.rs
            store_has_the_habits_of_a_map
            store_takes_many_items_and_gives_them_in_order
            store_iterators_end_when_the_store_is_closed
            store_items_go_on_behind_a_value_that_cannot_be_read
            store_values_are_streams
            large_writes_are_cut_to_what_one_call_moves
            store_errors_pass_through_streams
            store_value_is_an_array
            store_says_what_it_is
            store_is_opened_as_it_is_asked_for
            // reading.rs
            map_is_a_slice_of_the_elements
            map_keeps_the_array
            map_works_in_every_mode
            map_sees_what_was_written_to_the_array
            map_of_elements_that_are_not_aligned
            map_of_views
            map_of_structures
            map_of_no_elements
            map_window_is_a_range_of_the_elements
            windows_walk_an_array_in_little_memory
            maps_may_be_many_one_after_the_other
            mapped_array_is_neither_closed_nor_resized
            map_of_a_file_that_was_truncated
            // writing.rs
            map_mut_changes_the_file
            map_mut_changes_a_new_file
            map_mut_of_a_window_changes_no_more_than_that
            map_mut_in_copy_on_write_changes_nothing_but_itself
            map_mut_that_was_not_changed_writes_nothing
            map_mut_needs_an_array_to_write_to
            map_is_a_view_of_ndarray
        }
    };
}
