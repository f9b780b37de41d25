-- A table grows for one writer at a time. So who copies bodies by several connections copies into as many tables; whoever asks leither.pieces finds the rows
-- of all of them, and what is deleted from it goes from all.
CREATE TABLE leither.pieces_2 (LIKE leither.pieces INCLUDING ALL) INHERITS (leither.pieces);
CREATE TABLE leither.pieces_3 (LIKE leither.pieces INCLUDING ALL) INHERITS (leither.pieces);
CREATE TABLE leither.pieces_4 (LIKE leither.pieces INCLUDING ALL) INHERITS (leither.pieces);
GRANT SELECT, INSERT ON leither.pieces_2, leither.pieces_3, leither.pieces_4 TO leither_node;
