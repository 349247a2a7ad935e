using Undercroft.Conformance.Documents;

namespace Undercroft.Conformance;

/// <summary>Every law of <see cref="IStore"/> as a test. Derive one class for each backend or layer.</summary>
/// <remarks>
/// <code>
/// public sealed class MyConformance : StoreConformance
/// {
///     protected override StoreCapabilities ExpectedCapabilities => StoreCapabilities.None;
///
///     protected override IReadOnlyList&lt;Durability&gt; ExpectedDurability => [Durability.Memory];
///
///     protected override ValueTask&lt;IStore&gt; OpenAsync(TimeProvider clock) => new(new MyStore(clock));
/// }
/// </code>
/// Each test gets a store of its own. A law that a backend breaks on purpose is overridden with
/// <c>[Fact(Skip = "expected …, actual …")]</c>, so that the gap can be seen. The seed of a failure is in its message;
/// <c>UNDERCROFT_SEED</c> replays it.
/// </remarks>
public abstract class StoreConformance : DocumentLaws;
