/// Calls a macro with the names of the cases that need only the usual folders.
macro_rules! for_each_hostile_case {
    ($macro:ident) => {
        $macro! {
            truncates_a_mapped_file
            truncates_a_mapped_file_within_a_page
            truncates_a_file_mapped_copy_on_write
            removes_a_mapped_file
            replaces_a_mapped_file
            truncates_a_mapped_file_by_opening_it
            corrupts_the_files_of_a_store
            removes_the_directory_of_a_store
            removes_the_directory_of_a_writer
            occupies_the_temporary_names_of_a_store
            exhausts_the_generations_of_a_store
            asks_for_extreme_shapes
            asks_for_extreme_indices
            asks_for_a_million_indices
            asks_for_views_of_views_by_extreme_steps
            writes_data_of_extreme_shapes
            asks_for_extreme_ranges
            asks_for_extreme_dtypes
            opens_a_petabyte
            reads_a_gigabyte_in_one_call
            writes_too_much_in_one_call
            asks_for_a_key_of_ten_megabytes
            asks_for_a_path_of_ten_megabytes
            makes_a_hundred_thousand_keys
            updates_a_hundred_thousand_items
            asks_for_a_million_values
            corrupts_the_file_of_a_writer
            reads_elements_of_0_bytes
            takes_elements_of_0_bytes_many_times
            asks_for_more_elements_of_0_bytes_than_64_bits_count
            reads_a_file_that_it_truncates
            resizes_to_extreme_lengths
            resizes_files_that_it_cannot_write
            resizes_a_file_whose_size_has_changed
            asks_for_dtypes_of_many_parts
            makes_a_hundred_thousand_streams_one_by_one
            asks_for_streams_of_extreme_ranges
            asks_for_streams_of_extreme_values
            uses_streams_of_closed_arrays
            writes_to_streams_of_committed_values
            uses_streams_of_a_removed_store
        }
    };
}

/// Calls a macro with the names of the cases for which a test prepares files or limits.
macro_rules! for_each_prepared_hostile_case {
    ($macro:ident) => {
        $macro! {
            behaves_well
            opens_symbolic_link_loops
            opens_special_files
            opens_a_store_in_a_pipe
            opens_a_directory_of_foreign_files
            loses_the_files_of_all_keys
            fills_the_disk
            opens_arrays_without_end
            opens_views_without_end
            opens_stores_without_end
            opens_key_streams_without_end
            opens_item_streams_without_end
            opens_writers_without_end
            opens_readers_without_end
            opens_values_without_end
            leaves_writers_open
            traps_with_writers_open
            finds_no_files_of_writers
            sets_keys_without_end
            maps_bytes_without_end
            changes_pages_of_many_arrays
            changes_pages_without_end
            reads_large_pieces_without_end
            changes_pages_that_are_far_apart
            fills_elements_of_0_bytes
            reads_terabytes
            asks_for_large_results
            finds_the_maximum_of_large_strings
            changes_scattered_elements_up_to_the_limit
            resizes_beyond_its_address_space
            makes_files_that_are_too_large
            takes_extreme_elements
            takes_millions_of_elements
            opens_views_with_large_dtypes_without_end
            advises_on_terabytes
            advises_on_every_other_page
            holds_a_hundred_thousand_streams
            finds_no_mapping_left
            finds_no_address_space_left
        }
    };
}
