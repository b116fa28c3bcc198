/// Calls a macro with the names of all cases.
macro_rules! for_each_case {
    ($macro:ident) => {
        $macro! {
            // reading.rs
            window_is_the_file
            window_begins_where_the_bytes_begin_in_their_page
            window_shows_what_others_write
            windows_are_several_at_once
            window_of_a_view_is_its_part
            window_stays_where_the_memory_grows
            window_over_a_gigabyte_is_there_at_once
            // writing.rs
            window_to_write_is_in_the_file
            window_to_write_is_seen_by_arrays_and_by_other_windows
            private_window_begins_with_what_was_written_to_the_array
            private_window_is_nobody_elses
            block_written_to_a_window_that_is_read_goes_nowhere
            short_block_copied_to_a_window_that_is_read_goes_nowhere
            pages_of_a_window_that_is_read_are_written_to_one_by_one
            // ends.rs
            window_is_zero_after_remove
            window_is_zero_after_close
            window_is_zero_after_the_last_drop
            window_can_be_placed_where_another_was
            truncated_file_gives_zeroes_and_then_truncated
            file_truncated_within_a_page_gives_zeroes
            // errors.rs
            addresses_that_are_no_pages_are_invalid
            memory_that_is_not_there_is_refused
            bytes_that_are_no_elements_are_invalid
            bytes_outside_of_the_array_are_out_of_bounds
            views_with_gaps_are_invalid
            windows_do_not_overlap
            byte_that_lies_elsewhere_is_invalid
            window_that_is_not_there_cannot_be_removed
            closed_array_has_no_windows
            more_windows_than_the_cap_are_limit_exceeded
            private_windows_are_paid_for
        }
    };
}
