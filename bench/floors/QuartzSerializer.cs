using System.Text.Json;
using Quartz.Spi;

namespace Undercroft.Bench.Floors;

/// <summary>What Quartz asks for to keep its maps of data, which are empty here.</summary>
public sealed class QuartzSerializer : IObjectSerializer
{
    /// <inheritdoc/>
    public void Initialize()
    {
    }

    /// <inheritdoc/>
    public byte[] Serialize<T>(T obj)
        where T : class => JsonSerializer.SerializeToUtf8Bytes(obj);

    /// <inheritdoc/>
    public T? DeSerialize<T>(byte[] data)
        where T : class => JsonSerializer.Deserialize<T>(data);
}
