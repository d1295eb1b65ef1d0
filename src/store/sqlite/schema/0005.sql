-- Sellers: whose a campaign, a person id and a permission are. Key 1 is that of campaigns that nobody has applied.
CREATE TABLE seller (
  sellerKey INTEGER PRIMARY KEY,
  sellerId TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO seller (sellerKey, sellerId) VALUES (1, 'default');
INSERT INTO seller (sellerId) SELECT sellerId FROM owner WHERE sellerId <> 'default' GROUP BY sellerId ORDER BY min(ownerKey);

-- For whom a campaign calls, once it has been applied. Apart from the campaign's row, which is long: the gate asks for it.
CREATE TABLE campaignSeller (
  campaignKey INTEGER PRIMARY KEY REFERENCES campaign,
  sellerKey INTEGER NOT NULL REFERENCES seller
) STRICT;

CREATE INDEX campaignOfSeller ON campaignSeller (sellerKey);

INSERT INTO campaignSeller
SELECT campaignKey, sellerKey FROM campaign JOIN owner USING (ownerKey) JOIN seller USING (sellerId)
WHERE settings IS NOT NULL;

-- NULL: nobody said to whom it was given; the only seller's, for as long as there is only one.
ALTER TABLE permission ADD COLUMN sellerKey INTEGER REFERENCES seller;

-- A person's name in the ledger is one for each seller: two sellers' persons of one id are two. Who was one before keeps the name
-- with the seller who came first.
CREATE TABLE sellerPersonSubject (
  personKey INTEGER NOT NULL REFERENCES person,
  sellerKey INTEGER NOT NULL REFERENCES seller,
  subjectId BLOB NOT NULL CHECK (length(subjectId) = 16),
  PRIMARY KEY (personKey, sellerKey)
) STRICT, WITHOUT ROWID;

INSERT INTO sellerPersonSubject
SELECT personKey, coalesce((SELECT min(coalesce(sellerKey, 1)) FROM lead LEFT JOIN campaignSeller USING (campaignKey)
  WHERE lead.personKey = personSubject.personKey), 1), subjectId
FROM personSubject WHERE personKey IN (SELECT personKey FROM person);
DROP TABLE personSubject;
ALTER TABLE sellerPersonSubject RENAME TO personSubject;
