/// Calls a macro with the names of the cases that hold for every host of `wasi:keyvalue`, also for
/// Wasmtime's own, whose only bucket has no name and forgets everything with its handle.
macro_rules! for_each_common_case {
    ($macro:ident) => {
        $macro! {
            // values.rs
            a_missing_key_has_no_value
            a_value_is_what_was_set
            a_set_replaces_the_value
            a_value_may_have_any_bytes
            a_key_may_be_any_short_text
            exists_says_whether_there_is_a_value
            delete_removes_the_key
            delete_of_a_missing_key_does_nothing
            // counters.rs
            increment_of_a_missing_key_sets_the_delta
            increment_returns_the_sum_and_leaves_it_as_a_decimal_number
            increment_goes_on_from_a_number_that_was_set
            increment_may_reach_the_largest_number
            increment_past_the_largest_number_is_an_error
            increment_of_a_value_that_is_no_number_is_an_error
            // batches.rs
            get_many_returns_pairs_in_order
            set_many_sets_every_key_and_the_last_value_of_a_repeated_one
            delete_many_skips_missing_keys
            batches_may_be_empty
            // pages.rs
            list_keys_of_an_empty_bucket_is_empty
            list_keys_lists_every_key_once
            list_keys_begins_at_the_start_with_the_cursor_zero
            list_keys_after_the_last_place_is_empty
            // buckets.rs
            an_unknown_identifier_is_no_such_store
        }
    };
}

/// Calls a macro with the names of the cases that hold for filemap, whatever kind of store a bucket
/// is.
#[allow(unused_macros, reason = "not every program that includes the list has these cases")]
macro_rules! for_each_store_case {
    ($macro:ident) => {
        $macro! {
            // values.rs
            a_value_survives_its_handle
            a_key_that_is_too_long_cannot_be_set_and_does_not_exist
            // batches.rs
            set_many_changes_nothing_if_one_key_is_invalid
            a_batch_has_at_most_ten_thousand_keys
            // pages.rs
            list_keys_divides_a_large_bucket_into_pages_that_stay_right
            list_keys_takes_any_number_as_a_cursor
            // buckets.rs
            handles_of_one_bucket_see_each_others_changes
        }
    };
}

/// Calls a macro with the names of the cases that hold for buckets in directories.
#[allow(unused_macros, reason = "not every program that includes the list has these cases")]
macro_rules! for_each_directory_case {
    ($macro:ident) => {
        $macro! {
            // buckets.rs
            the_empty_identifier_is_the_bucket_default
            a_bucket_is_created_at_the_path_of_its_identifier
            one_bucket_may_be_spelled_in_several_ways
            buckets_have_their_own_keys
            a_bucket_granted_for_reading_is_read
            a_bucket_granted_for_reading_is_not_changed
            a_missing_bucket_granted_for_reading_is_no_such_store
            an_identifier_that_leaves_its_grant_is_access_denied
            an_identifier_of_a_file_is_an_error_that_names_it
            an_identifier_that_no_directory_can_have_is_an_error
            a_key_of_another_programs_file_is_read_and_not_changed
        }
    };
}
