/// Calls a macro with the names of all cases.
macro_rules! for_each_case {
    ($macro:ident) => {
        $macro! {
            // reading.rs
            window_is_the_file
            window_begins_where_the_bytes_begin_in_their_page
            window_shows_writes_by_others
            windows_may_be_several_at_once
            window_of_a_view_is_its_range
            window_stays_when_the_memory_grows
            window_over_a_gigabyte_is_prefaulted
            // writing.rs
            window_in_read_write_changes_the_file
            window_in_read_write_is_visible_to_arrays_and_other_windows
            private_window_starts_with_writes_to_the_array
            private_window_is_invisible_to_others
            block_written_to_a_read_only_window_does_not_reach_the_file
            short_block_copied_to_a_read_only_window_does_not_reach_the_file
            pages_of_a_read_only_window_become_private_one_by_one
            // ends.rs
            window_is_zero_after_remove
            window_is_zero_after_close
            window_is_zero_after_the_last_drop
            window_can_be_placed_at_a_removed_one
            truncated_file_shows_zeroes_and_is_reported
            file_truncated_within_a_page_shows_zeroes
            // errors.rs
            addresses_that_are_no_page_boundary_are_invalid
            memory_that_does_not_exist_is_out_of_bounds
            ranges_that_are_no_whole_elements_are_invalid
            ranges_outside_the_array_are_out_of_bounds
            views_with_gaps_are_invalid
            windows_do_not_overlap
            byte_at_another_address_is_invalid
            window_that_does_not_exist_cannot_be_removed
            closed_array_has_no_windows
            more_windows_than_the_limit_are_limit_exceeded
            private_windows_count_towards_the_limit
        }
    };
}
