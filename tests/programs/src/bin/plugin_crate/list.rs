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
            array_is_indexed_by_index_arrays_and_masks_with_a_shape
            array_reduces_to_typed_scalars
            array_has_a_variance
            array_in_an_npy_file
            array_in_an_npy_file_with_a_long_header
            array_is_resized_advised_and_closed
            array_that_cannot_be_opened_says_why
            // bulk.rs
            bytes_are_read_alike_at_every_size
            bytes_are_written_alike_at_every_size
            bytes_that_are_out_of_bounds_or_not_to_be_had
            bytes_of_a_file_that_was_truncated
            windows_of_a_file_that_is_truncated_meanwhile
            bytes_changed_in_copy_on_write_are_read_with_the_rest
            windows_show_what_was_written_meanwhile
            elements_of_a_large_array
            values_are_alike_at_every_size
            value_is_replaced_while_it_is_read
            value_is_truncated_while_it_is_read
            value_is_written_in_pieces_of_every_size
            large_values_and_arrays_have_no_limit
            // store.rs
            store_has_the_habits_of_a_map
            store_takes_many_items_and_gives_them_in_order
            store_iterators_end_when_the_store_is_closed
            store_items_go_on_behind_a_value_that_cannot_be_read
            store_values_are_streams
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
