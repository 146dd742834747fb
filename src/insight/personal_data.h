// What of a value looks like data about a person: a shape that can be checked, never a guess at
// what a name means. Cards are held against Luhn's check digit (ISO/IEC 7812-1), accounts against
// the remainder of ISO 13616 (IBAN), addresses of machines are parsed. None of the values is kept.
//
// A telephone number needs a plus or signs between its digits, unless the column's name says that
// it is one: digits alone may be anything. Names of persons have no shape, and are known by the
// column's name alone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lode {

enum class PersonalKind : std::uint8_t { kEmail, kPhone, kCard, kIban, kIp, kName };
inline constexpr std::size_t kPersonalKinds = 6;
// "e-mail addresses", "telephone numbers", ...
std::string_view personal_kind_name(PersonalKind kind);

// Whether all of the text is one. Pure functions, about 20 ns for a text that is none.
bool is_email(std::string_view text);
bool is_phone(std::string_view text, bool named_so);
bool is_card_number(std::string_view text);
bool is_iban(std::string_view text);
bool is_ip_address(std::string_view text);

// Of the different values of a column that were looked at.
struct PersonalCounts {
  std::int64_t looked = 0;
  std::array<std::int64_t, kPersonalKinds> whole{};   // the value is one
  std::array<std::int64_t, kPersonalKinds> within{};  // a word of it is one

  // `phone_named`: the column's name speaks of telephones.
  void look_at(std::string_view value, bool phone_named);
};

// What a column's name says of its values: "phone", "mobile" and "fax", and names of persons.
bool named_like_phone(std::string_view column);
bool named_like_person(std::string_view column);

// What a column most likely holds, and by what.
struct PersonalData {
  enum class By : std::uint8_t { kValues, kWords, kName };  // of the column
  PersonalKind kind = PersonalKind::kEmail;
  By by = By::kValues;
  std::int64_t found = 0;   // different values, or values with such a word
  std::int64_t looked = 0;  // different values
};

// Half of five values or more; of numbers nine tenths, since every tenth number passes for a card;
// of words of longer texts, one in a hundred and at least three.
std::optional<PersonalData> find_personal(const PersonalCounts& counts, std::string_view column,
                                          bool numbers);

}  // namespace lode
