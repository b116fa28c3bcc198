/// Calls a macro with the names of the misdeeds that need nothing but the usual folders.
macro_rules! for_each_misdeed {
    ($macro:ident) => {
        $macro! {
            truncates_a_mapped_file
            truncates_a_mapped_file_within_a_page
            truncates_a_file_mapped_copy_on_write
            removes_a_mapped_file
            replaces_a_mapped_file
            empties_a_mapped_file_by_opening_it
            spoils_the_files_of_a_store
            removes_the_directory_of_a_store
            removes_the_directory_of_a_writer
            takes_the_temporary_names_of_a_store
            uses_up_the_generations_of_a_store
            asks_for_absurd_shapes
            asks_for_absurd_indices
            asks_for_a_million_indices
            asks_for_views_of_views_by_absurd_steps
            writes_data_of_absurd_shapes
            asks_for_absurd_ranges
            asks_for_absurd_dtypes
            opens_a_petabyte
            reads_a_gigabyte_in_one_call
            writes_too_much_in_one_call
            asks_for_a_key_of_ten_megabytes
            asks_for_a_path_of_ten_megabytes
            makes_a_hundred_thousand_keys
            updates_a_hundred_thousand_items
            asks_for_a_million_values
            spoils_what_a_writer_writes
            reads_elements_of_no_bytes
            takes_elements_of_no_bytes_again_and_again
            asks_for_more_nothings_than_a_number_holds
            goes_through_what_it_truncates
            resizes_to_absurd_lengths
            resizes_what_is_not_its_own
            resizes_a_file_that_has_another_size
            asks_for_dtypes_of_many_parts
            makes_a_hundred_thousand_streams_one_by_one
            asks_for_streams_of_absurd_ranges
            asks_for_streams_of_absurd_values
            uses_streams_of_what_is_gone
            writes_to_streams_of_values_that_are_done
            uses_streams_of_a_store_that_is_gone
        }
    };
}

/// Calls a macro with the names of the misdeeds that a test prepares something for: files, or caps.
macro_rules! for_each_prepared_misdeed {
    ($macro:ident) => {
        $macro! {
            behaves_well
            opens_links_in_a_circle
            opens_what_is_no_file
            opens_a_store_in_a_pipe
            opens_a_directory_of_strangers
            loses_the_files_of_all_keys
            reads_what_somebody_truncates
            writes_to_what_somebody_truncates
            fills_the_disk
            piles_up_arrays
            piles_up_views
            piles_up_stores
            piles_up_key_streams
            piles_up_item_streams
            piles_up_writers
            piles_up_readers
            piles_up_values
            leaves_writers_open
            traps_with_writers_open
            finds_nothing_of_writers
            piles_up_keys
            piles_up_mapped_bytes
            piles_up_changed_pages
            changes_pages_without_end
            reads_large_pieces_without_end
            touches_pages_that_lie_far_apart
            fills_elements_of_no_bytes
            goes_through_terabytes
            asks_for_large_results
            looks_for_the_largest_of_large_texts
            pays_for_scattered_changes
            resizes_beyond_its_address_space
            makes_files_that_are_too_large
            lists_absurd_elements
            lists_millions_of_elements
            piles_up_dtypes
            advises_on_terabytes
            advises_on_every_other_page
            reduces_what_somebody_truncates
            resizes_what_somebody_truncates
            holds_a_hundred_thousand_streams
            streams_what_somebody_truncates
        }
    };
}
