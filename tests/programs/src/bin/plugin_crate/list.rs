/// Calls a macro with the names of all cases.
macro_rules! for_each_case {
    ($macro:ident) => {
        $macro! {
            // array.rs
            array_is_read_only_bytes_by_default
            array_options_are_those_of_numpy
            array_is_indexed_by_numbers_ranges_and_lists
            array_is_written
            array_has_views
            array_is_indexed_by_shaped_index_arrays_and_masks
            array_reduces_to_typed_scalars
            array_has_a_variance
            array_in_a_npy_file
            array_in_a_npy_file_with_a_long_header
            array_is_resized_advised_and_closed
            array_that_cannot_be_opened_returns_the_reason
            // bulk.rs
            bytes_of_every_size_are_read
            bytes_of_every_size_are_written
            bytes_that_cannot_be_read_or_written_are_an_error
            bytes_of_a_truncated_file_are_truncated
            windows_of_a_file_truncated_meanwhile_are_truncated
            bytes_changed_in_copy_on_write_are_read
            windows_show_writes_after_the_first_window
            elements_of_a_large_array_are_read_and_written
            values_of_every_size_are_read_and_written
            values_of_changing_lengths_are_the_same_in_every_call
            value_that_is_replaced_is_read_to_its_end
            value_that_is_truncated_while_it_is_read_is_truncated
            value_is_written_in_pieces_of_every_size
            large_values_and_arrays_have_no_limit
            // store.rs
            store_works_like_a_map
            store_returns_many_items_in_order
            store_iterators_end_when_the_store_is_closed
            store_items_continue_after_a_value_that_cannot_be_read
            store_values_are_read_and_written_as_streams
            store_errors_survive_io_errors
            store_value_is_an_array
            store_display_is_pythons_repr
            store_options_decide_how_it_opens
            // reading.rs
            map_is_a_slice_of_the_elements
            map_keeps_the_array_alive
            map_works_in_every_mode
            map_shows_writes_to_the_array
            map_of_unaligned_elements_is_aligned
            map_of_a_view_is_its_elements
            map_of_structures_has_their_fields
            map_of_an_empty_array_is_empty
            map_window_is_a_range_of_the_elements
            windows_use_the_memory_of_one_window
            map_may_be_repeated_many_times
            mapped_array_can_be_neither_closed_nor_resized
            map_of_a_truncated_file_is_truncated
            // writing.rs
            map_mut_changes_the_file
            map_mut_changes_a_new_file
            map_window_mut_changes_only_its_range
            map_mut_in_copy_on_write_changes_only_the_slice
            map_mut_without_a_change_writes_nothing
            map_mut_requires_a_writeable_array
            map_is_a_view_of_ndarray
        }
    };
}
