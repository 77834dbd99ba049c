//! JSON that two readers can't read in two ways: a key stands once in an object, and what is to be an object is no array.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use std::{collections::BTreeSet, fmt, marker::PhantomData};

/// Reads a value.
///
/// # Errors
/// It is no JSON, has a key twice in an object, or is no such value.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str::<Unique>(text)?;
    serde_json::from_str(text)
}

/// A struct that is read from an object: serde would take an array of its fields, too.
pub(super) struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Only<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Only<T> {
            type Value = T;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }
        deserializer.deserialize_map(Only(PhantomData)).map(Object)
    }
}

/// Any value in which no object has a key twice.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Unique;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a value")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
                let mut keys = BTreeSet::new();
                while let Some(key) = map.next_key::<String>()? {
                    map.next_value::<Unique>()?;
                    if let Some(key) = keys.replace(key) {
                        return Err(A::Error::custom(format_args!("the key {key:?} is there twice")));
                    }
                }
                Ok(Unique)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Unique, A::Error> {
                while values.next_element::<Unique>()?.is_some() {}
                Ok(Unique)
            }
            fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Point {
        x: Option<i64>,
    }

    #[test]
    fn only_one_reading_is_possible() {
        let x = |text: &str| read::<Object<Point>>(text).map(|point| point.0.x);
        assert_eq!(
            x(r#"{"x": 1, "y": [{"a": null}, {"a": 0.5, "b": -1, "c": true}]}"#).unwrap(),
            Some(1)
        );
        for (text, says) in [
            ("[1]", "expected an object"),
            (r#"{"x":1,"x":1}"#, "\"x\" is there twice"),
            (r#"{"y":[{"a":1,"\u0061":2}]}"#, "\"a\" is there twice"),
            (r#"{"x":1} 2"#, "trailing"),
            (r#"{"x":1"#, "EOF"),
        ] {
            let error = x(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}\nnot {says}");
        }
    }
}
