-- Queries of the platform's tables, as they are after the run; what they give stands in after.txt, which
-- `jobrun job test DIR --update` writes. What the platform holds before the run comes from before.sql beside this.

-- the ledger
SELECT ItemId, State FROM APP_ITEM ORDER BY ItemId;
