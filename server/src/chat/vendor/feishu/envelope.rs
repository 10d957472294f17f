//! The frames of Feishu's connection: protobuf, the messages `pbbp2.Frame` and `pbbp2.Header` of the vendor's own client.

use prost::Message;

/// The vendor's own frames: pings and pongs.
pub(super) const CONTROL: i32 = 0;
/// Events, and the answers to them.
pub(super) const DATA: i32 = 1;

/// A header of a frame.
#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct Header {
    #[prost(string, required, tag = "1")]
    pub(super) key: String,
    #[prost(string, required, tag = "2")]
    pub(super) value: String,
}

/// A frame.
#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct Envelope {
    #[prost(uint64, required, tag = "1")]
    pub(super) seq_id: u64,
    #[prost(uint64, required, tag = "2")]
    pub(super) log_id: u64,
    #[prost(int32, required, tag = "3")]
    pub(super) service: i32,
    #[prost(int32, required, tag = "4")]
    pub(super) method: i32,
    #[prost(message, repeated, tag = "5")]
    pub(super) headers: Vec<Header>,
    #[prost(string, optional, tag = "6")]
    pub(super) payload_encoding: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub(super) payload_type: Option<String>,
    #[prost(bytes = "vec", optional, tag = "8")]
    pub(super) payload: Option<Vec<u8>>,
    #[prost(string, optional, tag = "9")]
    pub(super) log_id_new: Option<String>,
}

impl Envelope {
    /// A header's value; empty where there is none.
    pub(super) fn header(&self, key: &str) -> &str {
        let found = self.headers.iter().find(|header| header.key == key);
        found.map_or("", |header| header.value.as_str())
    }

    /// A ping.
    pub(super) fn ping(service: i32) -> Self {
        Self {
            service,
            method: CONTROL,
            headers: vec![Header {
                key: "type".to_owned(),
                value: "ping".to_owned(),
            }],
            ..Self::default()
        }
    }
}
