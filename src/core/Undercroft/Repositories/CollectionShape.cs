using Undercroft.Indexes;
using Undercroft.Migrations;

namespace Undercroft;

/// <summary>What a program says of a collection, apart from the type of its documents.</summary>
/// <param name="Name">The collection.</param>
/// <param name="Indexes">The indexes declared.</param>
/// <param name="Form">What is known of the documents' versions.</param>
internal sealed record CollectionShape(string Name, IReadOnlyList<IndexDefinition> Indexes, DocumentForm Form);
