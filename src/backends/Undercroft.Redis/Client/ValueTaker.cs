using System.Buffers;

namespace Undercroft.Redis.Client;

/// <summary>Takes one whole value; its bytes are gone when the call returns.</summary>
/// <param name="value">The value as it came over the wire.</param>
internal delegate void ValueTaker(in ReadOnlySequence<byte> value);
