-- A table grows for one writer at a time. So who copies bodies by two connections copies into two tables; whoever asks leither.pieces finds the rows of both,
-- and what is deleted from it goes from both.
CREATE TABLE leither.pieces_2 (LIKE leither.pieces INCLUDING ALL) INHERITS (leither.pieces);
GRANT SELECT, INSERT ON leither.pieces_2 TO leither_node;
