// The stored form of a Forest: docs/formats/tree-model.md.
#include <bit>
#include <cstring>

#include "base/hash.h"
#include "mine/trees/forest.h"

namespace lode {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::string_view kMagic = "LODETREE";
constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kDefaultLeft = 1U << 31;

struct Header {
  std::uint32_t version;
  std::uint32_t objective;
  std::uint32_t features;
  float base_margin;
  std::uint32_t trees;
  std::uint32_t nodes;
  std::uint32_t sets;
  std::uint32_t categories;
};
static_assert(sizeof(Header) == 32);

template <typename T>
void put(std::string& out, const T* values, std::size_t count) {
  if (count == 0) return;
  out.append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

template <typename T, typename Of>
void put_nodes(std::string& out, const Forest& forest, Of of) {
  for (const TreeNode& node : forest.nodes) {
    T value = of(node);
    put(out, &value, 1);
  }
}

// Reads fixed arrays one after the other; the caller has checked that all of them fit.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T one() {
    T value;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_.remove_prefix(sizeof(T));
    return value;
  }
  std::vector<std::uint32_t> words(std::size_t count) {
    std::vector<std::uint32_t> out(count);
    for (std::uint32_t& word : out) word = one<std::uint32_t>();
    return out;
  }

 private:
  std::string_view bytes_;
};

std::uint64_t body_bytes(const Header& header) {
  std::uint64_t words = std::uint64_t{header.trees} + std::uint64_t{6} * header.nodes +
                        header.sets + 1 + header.categories;
  return words * 4;
}

Result<Header> read_header(std::string_view bytes) {
  constexpr std::size_t kLeast = kMagic.size() + sizeof(Header) + sizeof(std::uint64_t);
  if (!bytes.starts_with(kMagic)) {
    return fail(Code::kCorrupt,
                "these bytes are not a tree model of lode: they do not begin with {}", kMagic);
  }
  if (bytes.size() < kLeast) return fail(Code::kCorrupt, "the tree model is cut short");
  std::string_view hashed = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
  Header header = Reader(bytes.substr(kMagic.size())).one<Header>();
  if (header.version > kVersion) {
    return fail(Code::kUnsupported,
                "the tree model has format version {}, this lode reads up to {}: use a newer lode",
                header.version, kVersion);
  }
  if (Reader(bytes.substr(hashed.size())).one<std::uint64_t>() != hash64(hashed)) {
    return fail(Code::kCorrupt, "the tree model's checksum does not match: the bytes are damaged");
  }
  if (header.version != kVersion || body_bytes(header) != bytes.size() - kLeast) {
    return fail(Code::kCorrupt, "the tree model's header does not match its length");
  }
  if (header.objective > static_cast<std::uint32_t>(Forest::Objective::kSquaredError)) {
    return fail(Code::kCorrupt, "the tree model names an unknown objective ({})", header.objective);
  }
  return header;
}

}  // namespace

std::string encode_forest(const Forest& forest) {
  Header header{.version = kVersion,
                .objective = static_cast<std::uint32_t>(forest.objective),
                .features = forest.features,
                .base_margin = forest.base_margin,
                .trees = static_cast<std::uint32_t>(forest.trees()),
                .nodes = static_cast<std::uint32_t>(forest.nodes.size()),
                .sets = static_cast<std::uint32_t>(forest.sets()),
                .categories = static_cast<std::uint32_t>(forest.categories.size())};
  std::string out(kMagic);
  out.reserve(out.size() + sizeof(Header) + body_bytes(header) + sizeof(std::uint64_t));
  put(out, &header, 1);
  put(out, forest.roots.data(), forest.roots.size());
  put_nodes<float>(out, forest, [](const TreeNode& n) { return n.value; });
  put_nodes<std::uint32_t>(out, forest, [](const TreeNode& n) { return n.left; });
  put_nodes<std::uint32_t>(out, forest, [](const TreeNode& n) {
    return n.feature | (n.default_left ? kDefaultLeft : 0);
  });
  put_nodes<std::uint32_t>(out, forest, [](const TreeNode& n) { return n.category_set; });
  put_nodes<float>(out, forest, [](const TreeNode& n) { return n.gain; });
  put_nodes<float>(out, forest, [](const TreeNode& n) { return n.cover; });
  put(out, forest.set_begin.data(), forest.set_begin.size());
  put(out, forest.categories.data(), forest.categories.size());
  std::uint64_t checksum = hash64(out);
  put(out, &checksum, 1);
  return out;
}

Result<Forest> decode_forest(std::string_view bytes) {
  TRY(Header header, read_header(bytes));
  Reader reader(bytes.substr(kMagic.size() + sizeof(Header)));
  Forest forest;
  forest.objective = static_cast<Forest::Objective>(header.objective);
  forest.features = header.features;
  forest.base_margin = header.base_margin;
  forest.roots = reader.words(header.trees);
  forest.nodes.resize(header.nodes);
  for (TreeNode& node : forest.nodes) node.value = reader.one<float>();
  for (TreeNode& node : forest.nodes) node.left = reader.one<std::uint32_t>();
  for (TreeNode& node : forest.nodes) {
    auto word = reader.one<std::uint32_t>();
    node.feature = word & ~kDefaultLeft;
    node.default_left = (word & kDefaultLeft) != 0;
  }
  for (TreeNode& node : forest.nodes) node.category_set = reader.one<std::uint32_t>();
  for (TreeNode& node : forest.nodes) node.gain = reader.one<float>();
  for (TreeNode& node : forest.nodes) node.cover = reader.one<float>();
  forest.set_begin = reader.words(std::size_t{header.sets} + 1);
  forest.categories = reader.words(header.categories);
  TRY_VOID(check(forest));
  return forest;
}

}  // namespace lode
