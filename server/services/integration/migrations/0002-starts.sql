-- additive: how often the processing of a message was begun without coming to an end
-- Written on a connection of its own before the message is read, for it must outlive the process; while the row of the message
-- is locked, so a foreign key would wait for that lock. Holds rows of what is in hand, of what died, and of what was given up.
create table lis_integration.processing_start (
  message_id uuid primary key,
  lab_id uuid not null,
  starts int not null
);
call nidaan.isolate('lis_integration.processing_start');
