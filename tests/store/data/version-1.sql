INSERT INTO "cards" VALUES('a',1,2.3065,2.11810397045901588342e+00,'2026-03-01','2026-03-03',1,0,0,0,1.0,1772355600000000,'2026-03-01');
INSERT INTO "cards" VALUES('b',1,2.3065,2.11810397045901588342e+00,'2026-03-02','2026-03-04',1,0,0,0,1.0,1772442000000000,'2026-03-02');
INSERT INTO "log" VALUES(1,'ua',1772355600000000,0,'2026-03-01','a',1,1,1,'learn','量化',1.0,0,0,NULL,0.9,36500,NULL,'s',NULL);
INSERT INTO "log" VALUES(2,'ub',1772442000000000,0,'2026-03-02','b',1,1,1,'learn','量化',1.0,0,0,NULL,0.9,36500,NULL,'s',NULL);
INSERT INTO "sessions" VALUES('s','2026-03-02',1772355600000000,0,'{"id":"s","options":{"mode":"mixed","topics":[],"levels":[],"count":20,"new":10,"minutes":0.0,"bank":"","seed":null},"day":"2026-03-02","started":"2026-03-01T09:00:00Z","queue":[],"given":[],"total":0,"ended":false}');
INSERT INTO "settings" VALUES('exam','2027-01-15',1772355600000000);
