// Shapes of data about persons, each beside a near miss. Card numbers are those that makers of
// cards publish for tests, accounts the examples of ISO 13616's registry.
#include "insight/personal_data.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lode {
namespace {

TEST(PersonalData, EmailAddresses) {
  EXPECT_TRUE(is_email("ada.lovelace@example.com"));
  EXPECT_TRUE(is_email("o'neil+x@mail.example.co.uk"));
  for (const char* no : {"@example.com", "ada@", "ada@example", "ada@example.1", "a b@example.com",
                         "ada@.com", "ada at example.com", ""})
    EXPECT_FALSE(is_email(no)) << no;
}

TEST(PersonalData, CardNumbersByTheirCheckDigit) {
  EXPECT_TRUE(is_card_number("4111111111111111"));
  EXPECT_TRUE(is_card_number("4111 1111 1111 1111"));
  EXPECT_TRUE(is_card_number("378282246310005"));
  EXPECT_FALSE(is_card_number("4111111111111112")) << "another check digit";
  EXPECT_FALSE(is_card_number("411111111111")) << "twelve digits";
  EXPECT_FALSE(is_card_number("0000000000000000"));
  EXPECT_FALSE(is_card_number("4111.1111.1111.1111"));
}

TEST(PersonalData, BankAccountsByTheirRemainder) {
  EXPECT_TRUE(is_iban("GB82 WEST 1234 5698 7654 32"));
  EXPECT_TRUE(is_iban("DE89370400440532013000"));
  EXPECT_FALSE(is_iban("DE88370400440532013000"));
  EXPECT_FALSE(is_iban("de89370400440532013000")) << "letters are capitals";
  EXPECT_FALSE(is_iban("DE893704"));
}

TEST(PersonalData, AddressesOfMachinesAreParsed) {
  EXPECT_TRUE(is_ip_address("192.168.0.1"));
  EXPECT_TRUE(is_ip_address("2001:db8::1"));
  EXPECT_FALSE(is_ip_address("192.168.0.256"));
  EXPECT_FALSE(is_ip_address("12:30:45")) << "a time of day";
  EXPECT_FALSE(is_ip_address("1.2.3"));
}

TEST(PersonalData, TelephoneNumbersNeedSignsOrAName) {
  EXPECT_TRUE(is_phone("+44 20 7946 0958", false));
  EXPECT_TRUE(is_phone("(212) 555-0100", false));
  EXPECT_TRUE(is_phone("212-555-0100", false));
  EXPECT_FALSE(is_phone("2125550100", false)) << "digits alone may be anything";
  EXPECT_TRUE(is_phone("2125550100", true)) << "the column says what it is";
  EXPECT_FALSE(is_phone("2001-01-29", false)) << "a date";
  EXPECT_FALSE(is_phone("12 345", true));
  EXPECT_TRUE(named_like_phone("MobilePhone"));
  EXPECT_FALSE(named_like_phone("telescope"));
}

TEST(PersonalData, MostOfAColumnOrSomeWordsOfIt) {
  PersonalCounts emails;
  for (int i = 0; i < 9; ++i) emails.look_at(fmt::format("user{}@example.com", i), false);
  emails.look_at("unknown", false);
  auto found = find_personal(emails, "contact", false);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, PersonalKind::kEmail);
  EXPECT_EQ(found->by, PersonalData::By::kValues);
  EXPECT_EQ(found->found, 9);
  EXPECT_EQ(found->looked, 10);

  PersonalCounts texts;
  for (int i = 0; i < 97; ++i) texts.look_at(fmt::format("nothing to see in {}", i), false);
  EXPECT_FALSE(find_personal(texts, "message", false).has_value());
  for (int i = 0; i < 3; ++i) texts.look_at(fmt::format("write to me{}@example.com.", i), false);
  found = find_personal(texts, "message", false);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->by, PersonalData::By::kWords);
  EXPECT_EQ(found->found, 3);
}

// Every tenth number passes Luhn's check: half of them would be no proof.
TEST(PersonalData, NumbersAreCardsWhereNearlyAllPass) {
  PersonalCounts counts;
  int passed = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string number = fmt::format("{}", 4'000'000'000'000'000LL + 7919LL * i);
    passed += is_card_number(number) ? 1 : 0;
    counts.look_at(number, false);
  }
  EXPECT_NEAR(passed, 100, 40);
  EXPECT_FALSE(find_personal(counts, "order", true).has_value());
  PersonalCounts cards;
  for (int i = 0; i < 6; ++i) cards.look_at("4111111111111111", false);
  EXPECT_TRUE(find_personal(cards, "order", true).has_value());
}

TEST(PersonalData, NamesOfPersonsByTheColumnsNameAlone) {
  PersonalCounts counts;
  for (const char* value : {"Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald"})
    counts.look_at(value, false);
  auto found = find_personal(counts, "first_name", false);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, PersonalKind::kName);
  EXPECT_EQ(found->by, PersonalData::By::kName);
  EXPECT_FALSE(find_personal(counts, "name", false).has_value()) << "it may be of anything";
  EXPECT_FALSE(find_personal(counts, "first_class", false).has_value());
}

}  // namespace
}  // namespace lode
