/// Calls a macro with the names of all cases.
macro_rules! for_each_case {
    ($macro:ident) => {
        $macro! {
            // reading.rs
            window_has_the_content_of_the_file
            first_byte_keeps_its_offset_within_the_page
            window_shows_writes_by_others
            several_windows_of_an_array_may_exist
            window_of_a_view_has_the_content_of_the_view
            window_stays_when_the_memory_grows
            window_of_a_gigabyte_has_the_end_of_the_file
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
            unaligned_addresses_are_invalid
            memory_that_does_not_exist_is_out_of_bounds
            ranges_of_partial_elements_are_invalid
            ranges_outside_the_array_are_out_of_bounds
            views_with_gaps_are_invalid
            overlapping_windows_are_invalid
            here_at_another_address_is_invalid
            missing_window_cannot_be_removed
            windows_of_a_closed_array_are_closed
            windows_above_the_limit_are_limit_exceeded
            private_windows_count_towards_the_limit
        }
    };
}
