DROP INDEX prints_blank;
DROP TABLE hand_overs;
DROP TABLE lease_moves;
DROP TABLE blank_ranges;
DROP TABLE blank_stocks;
