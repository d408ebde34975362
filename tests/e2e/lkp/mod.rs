//! LKP through `dispatch submit`: the miniature tree, or trees of a test's own, in the embedded lab and on machines with
//! OpenSSH.

mod boundaries;
mod example;
mod job;
mod left;
mod names;
mod no_server;
mod results;
mod secrets;
mod sources;
mod stops;
mod together;
mod tools;
mod tree;
mod words;
