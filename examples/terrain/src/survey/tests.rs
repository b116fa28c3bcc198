use super::*;

/// The elevations of the example, written by numpy: a header of 128 bytes, then `int16`.
const FILE: &[u8] = include_bytes!("../../data/jacksboro.npy");
const ROWS: usize = 344;
const COLUMNS: usize = 403;

/// Computes the results in bands of `band_rows` rows.
fn survey(elevations: &[f64], columns: usize, band_rows: usize) -> (Survey, Band) {
    let rows = elevations.len() / columns;
    let mut survey = Survey::new(columns);
    let mut all = Band { slope: Vec::new(), hillshade: Vec::new() };
    for start in (0..rows).step_by(band_rows) {
        let end = rows.min(start + band_rows);
        let first = start.saturating_sub(1);
        let read = &elevations[first * columns..rows.min(end + 1) * columns];
        let band = survey.add(read, start - first..end - first, start);
        all.slope.extend(band.slope);
        all.hillshade.extend(band.hillshade);
    }
    (survey, all)
}

fn survey_jacksboro(band_rows: usize) -> (Survey, Band) {
    survey(&elevations_of_jacksboro(), COLUMNS, band_rows)
}

fn elevations_of_jacksboro() -> Vec<f64> {
    let elements = FILE[128..].as_chunks().0.iter();
    elements.map(|&element| i16::from_le_bytes(element).into()).collect()
}

#[track_caller]
fn check(summary: &Summary, [min, max, mean, std]: [f64; 4]) {
    let actual = summary.statistics();
    for (actual, expected) in
        [(actual.min, min), (actual.max, max), (actual.mean, mean), (actual.std, std)]
    {
        assert!((actual - expected).abs() < 1e-11, "{actual} is not {expected}");
    }
}

/// `data/reference.py` prints the expected numbers.
#[test]
fn the_statistics_are_those_of_numpy() {
    let (survey, band) = survey_jacksboro(ROWS);
    check(&survey.elevation, [236.0, 1076.0, 531.031_168_849_904_8, 162.456_651_096_476_9]);
    check(
        &survey.slope,
        [0.0, 36.141_399_690_709_97, 13.294_871_809_908_198, 7.223_270_402_810_026_5],
    );
    let hillshade = [
        0.176_757_700_648_052_35,
        0.978_385_714_550_000_1,
        0.679_515_475_721_53,
        0.132_671_149_028_019_24,
    ];
    check(&survey.hillshade, hillshade);
    assert_eq!(survey.highest, (297, 219));
    assert_eq!((band.slope.len(), band.hillshade.len()), (ROWS * COLUMNS * 4, ROWS * COLUMNS));
}

#[test]
fn the_results_do_not_depend_on_the_size_of_a_band() {
    let (whole, expected) = survey_jacksboro(ROWS);
    for band_rows in [1, 2, 81, ROWS - 1] {
        let (survey, band) = survey_jacksboro(band_rows);
        assert_eq!(survey.slope.statistics(), whole.slope.statistics());
        assert_eq!(survey.highest, whole.highest);
        assert!(
            band.slope == expected.slope && band.hillshade == expected.hillshade,
            "bands of {band_rows} rows"
        );
    }
}

#[test]
fn the_hillshade_alone_has_the_pixels_of_the_survey() {
    let (_, expected) = survey_jacksboro(ROWS);
    let elevations = elevations_of_jacksboro();
    assert!(hillshade(&elevations, COLUMNS, 0..ROWS) == expected.hillshade);
    let some = hillshade(&elevations[9 * COLUMNS..21 * COLUMNS], COLUMNS, 1..11);
    assert!(some == expected.hillshade[10 * COLUMNS..20 * COLUMNS]);
}

/// A plane that rises one metre per metre towards one side, lit from the north-west.
#[test]
fn the_light_comes_from_the_north_west() {
    let shade = |east: f64, south: f64| {
        let cells = (0..9)
            .map(|cell| (f64::from(cell % 3) * CELL_WIDTH, f64::from(cell / 3) * CELL_HEIGHT));
        let elevations: Vec<_> = cells.map(|(x, y)| x * east + y * south).collect();
        let (survey, _) = survey(&elevations, 3, 3);
        survey.hillshade.statistics().mean
    };
    let flat = shade(0.0, 0.0);
    assert!((flat - 0.5f64.sqrt()).abs() < 1e-12);
    // A surface that rises to the south faces north.
    assert!(shade(0.0, 1.0) > flat && shade(1.0, 0.0) > flat);
    assert!(shade(0.0, -1.0) < flat && shade(-1.0, 0.0) < flat);
}

#[test]
fn a_model_of_two_by_two_cells_has_results() {
    let (survey, _) = survey(&[1.0, 1.0 + CELL_WIDTH, 1.0, 1.0 + CELL_WIDTH], 2, 1);
    check(&survey.slope, [45.0, 45.0, 45.0, 0.0]);
    assert_eq!(survey.highest, (0, 1));
}
