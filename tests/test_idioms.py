"""The most frequent lines of public PyTorch programs run as they stand, and give the right values.

Each test holds lines as they are written in PyTorch's DCGAN tutorial, `pytorch/examples` (dcgan,
vae, mnist), PyTorch-GAN, the WGAN repository and yunjey's tutorials; only the imports are changed:
`import torch` becomes `import minigan as torch`. Where these programs draw random numbers, the
values are checked by their statistics, or against the formula.
"""

# The lines stand as they were found:
# ruff: noqa: C420, NPY002, RET504, SIM118, SIM210, UP030, UP031, UP032

import copy
import importlib.util
import itertools
import math
import os
from collections import OrderedDict

import numpy as np
import pytest
from PIL import Image

import minigan as torch
import minigan.utils as vutils
from minigan import autograd, nn, optim
from minigan.autograd import Variable
from minigan.optim import lr_scheduler
from minigan.utils import save_image

F = nn.functional


def linear(weight, bias=None):
    """A linear layer with these numbers."""
    weight = np.array(weight, np.float32)
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    layer.weight.data = torch.tensor(weight)
    if bias is not None:
        layer.bias.data = torch.tensor(np.array(bias, np.float32))
    return layer


def images(n=6, shape=(1, 8, 8)):
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.uniform(-1, 1, (n, *shape)).astype(np.float32))


# ------------------------------------------------------------------------- devices and beginnings


def test_01_the_device_of_the_tutorials():
    ngpu, args_cuda = 1, False
    device = torch.device("cuda:0" if (torch.cuda.is_available() and ngpu > 0) else "cpu")
    netG = nn.Linear(2, 2).to(device)
    if (device.type == "cuda") and (ngpu > 1):
        netG = nn.DataParallel(netG, list(range(ngpu)))
    cuda = True if torch.cuda.is_available() else False
    if cuda:
        netG.cuda()
    device = torch.device("cuda" if args_cuda else "cpu")
    kwargs = {"num_workers": 1, "pin_memory": True} if args_cuda else {}
    x = torch.ones(3, 2).to(device, non_blocking=True)
    assert x.device == device == next(netG.to(device).parameters()).device and kwargs == {}
    assert not x.is_cuda and str(device) == "cpu"


def test_02_weights_init_of_the_dcgan_tutorial():
    def weights_init(m):
        classname = m.__class__.__name__
        if classname.find("Conv") != -1:
            nn.init.normal_(m.weight.data, 0.0, 0.02)
        elif classname.find("BatchNorm") != -1:
            nn.init.normal_(m.weight.data, 1.0, 0.02)
            nn.init.constant_(m.bias.data, 0)

    netG = nn.Sequential(nn.ConvTranspose2d(32, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64))
    netG[1].bias.data.fill_(7)
    netG.apply(weights_init)
    assert abs(netG[0].weight.std().item() - 0.02) < 1e-3 and abs(netG[0].weight.mean()) < 1e-3
    assert abs(netG[1].weight.mean().item() - 1) < 0.02 and netG[1].bias.tolist() == [0.0] * 64


def test_03_weights_init_of_the_older_examples():
    def weights_init(m):
        classname = m.__class__.__name__
        if classname.find("Conv") != -1:
            m.weight.data.normal_(0.0, 0.02)
        elif classname.find("BatchNorm") != -1:
            m.weight.data.normal_(1.0, 0.02)
            m.bias.data.fill_(0)

    netD = nn.Sequential(nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64))
    netD[1].bias.data.fill_(7)
    netD.apply(weights_init)
    assert abs(netD[0].weight.std().item() - 0.02) < 2e-3
    assert abs(netD[1].weight.mean().item() - 1) < 0.02 and netD[1].bias.tolist() == [0.0] * 64


def test_04_blocks_of_layers_in_a_list():
    def block(in_feat, out_feat, normalize=True):
        layers = [nn.Linear(in_feat, out_feat)]
        if normalize:
            layers.append(nn.BatchNorm1d(out_feat, 0.8))
        layers.append(nn.LeakyReLU(0.2, inplace=True))
        return layers

    img_shape = (1, 8, 8)
    model = nn.Sequential(
        *block(10, 16, normalize=False),
        *block(16, 32),
        nn.Linear(32, int(np.prod(img_shape))),
        nn.Tanh(),
    )
    img = model(torch.randn(5, 10, generator=0))
    img = img.view(img.size(0), *img_shape)
    assert img.size() == (5, 1, 8, 8) and len(model) == 7 and model[3].eps == 0.8
    assert img.view(img.size(0), -1).shape == (5, 64) and img.shape[0] == 5
    assert torch.equal(torch.flatten(img, 1), img.reshape(5, -1))


def test_05_named_layers():
    main = nn.Sequential()
    main.add_module("initial:{0}-{1}:conv".format(1, 4), nn.Conv2d(1, 4, 4, 2, 1, bias=False))
    main.add_module("initial:{0}:relu".format(4), nn.LeakyReLU(0.2, inplace=True))
    named = nn.Sequential(OrderedDict([("fc", nn.Linear(4, 2)), ("act", nn.ReLU(True))]))
    assert list(main.state_dict()) == ["initial:1-4:conv.weight"]
    assert list(named.state_dict()) == ["fc.weight", "fc.bias"] and named.fc.in_features == 4
    assert main(images()).shape == (6, 4, 4, 4)


# ------------------------------------------------------------------------------- the games' updates


def test_06_the_update_of_d_in_the_dcgan_tutorial():
    netD = nn.Sequential(linear([[1.0, 0.0]]), nn.Sigmoid())
    criterion, device = nn.BCELoss(), torch.device("cpu")
    real_label, fake_label = 1.0, 0.0
    real_cpu = torch.tensor([[0.5, 0.0], [-1.0, 0.0]])
    b_size = real_cpu.size(0)
    label = torch.full((b_size,), real_label, dtype=torch.float, device=device)
    output = netD(real_cpu).view(-1)
    errD_real = criterion(output, label)
    errD_real.backward()
    D_x = output.mean().item()
    label.fill_(fake_label)
    errD_fake = criterion(netD(real_cpu).view(-1), label)
    errD_fake.backward()
    errD = errD_real + errD_fake
    line = "[%d/%d][%d/%d]\tLoss_D: %.4f\tD(x): %.4f" % (0, 5, 1, 9, errD.item(), D_x)
    x = np.array([0.5, -1.0])
    real, fake = np.log1p(np.exp(-x)).mean(), np.log1p(np.exp(x)).mean()
    assert (
        line == f"[0/5][1/9]\tLoss_D: {real + fake:.4f}\tD(x): {(1 / (1 + np.exp(-x))).mean():.4f}"
    )
    expected = (x * (2 / (1 + np.exp(-x)) - 1)).mean()  # both gradients add up
    assert abs(netD[0].weight.grad[0, 0].item() - expected) < 1e-6


def test_07_detach_keeps_g_out_of_the_update_of_d():
    netG, netD = linear([[1.0], [2.0]]), linear([[3.0, 4.0]])
    noise = torch.ones(5, 1)
    fake = netG(noise)
    netD(fake.detach()).mean().backward()
    assert netG.weight.grad is None and netD.weight.grad.tolist() == [[1.0, 2.0]]
    netG.zero_grad()
    netD.zero_grad(set_to_none=True)
    output = netD(fake).view(-1)
    errG = output.mean()
    errG.backward()
    assert netG.weight.grad.tolist() == [[3.0], [4.0]]


def test_08_variables_and_labels_of_pytorch_gan():
    imgs = images()
    valid = Variable(torch.ones(imgs.size(0), 1), requires_grad=False)
    fake = Variable(torch.zeros(imgs.size(0), 1), requires_grad=False)
    real_imgs = Variable(imgs.type(torch.float32))
    z = Variable(torch.tensor(np.random.normal(0, 1, (imgs.shape[0], 10)).astype("float32")))
    labels = Variable(
        torch.from_numpy(np.arange(6)).type(torch.LongTensor if False else torch.int64)
    )
    assert real_imgs is imgs or torch.equal(real_imgs, imgs)
    assert valid.sum().item() == 6 and fake.sum().item() == 0 and not valid.requires_grad
    assert z.shape == (6, 10) and z.dtype == torch.float32 and labels.dtype == torch.long
    x = Variable(torch.ones(2), requires_grad=True)
    (x * x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_09_averages_of_two_losses():
    adversarial_loss = torch.nn.MSELoss()
    validity_real, validity_fake = torch.tensor([[0.5]]), torch.tensor([[0.25]])
    d_loss = (
        adversarial_loss(validity_real, torch.ones_like(validity_real))
        + adversarial_loss(validity_fake, torch.zeros_like(validity_fake))
    ) / 2
    g_loss = 0.001 * adversarial_loss(validity_fake, validity_real) + 0.999 * d_loss
    assert (
        d_loss.item() == (0.25 + 0.0625) / 2 and abs(g_loss - (0.0000625 + 0.999 * d_loss)) < 1e-7
    )
    assert "[D loss: %f]" % d_loss.item() == "[D loss: 0.156250]"
    assert "%f %f" % (d_loss, d_loss) == "0.156250 0.156250"
    assert (
        f"{d_loss:.4f} {d_loss.item():.3f}"
        == "0.1562 0.156"
        == "{:.4f} {:.3f}".format(d_loss, 0.156)
    )


def test_10_the_critic_of_wgan_is_clipped():
    D = linear([[3.0, -0.005], [-3.0, 0.0]], [0.02, 0.01])
    optimizer_D = torch.optim.RMSprop(D.parameters(), lr=0.00005)
    for p in D.parameters():
        p.data.clamp_(-0.01, 0.01)
    assert np.allclose(D.weight.tolist(), [[0.01, -0.005], [-0.01, 0.0]], atol=1e-9)
    assert np.allclose(D.bias.tolist(), [0.01, 0.01], atol=1e-9)
    real_imgs, fake_imgs = torch.ones(4, 2), torch.zeros(4, 2)
    loss_D = -torch.mean(D(real_imgs)) + torch.mean(D(fake_imgs))
    optimizer_D.zero_grad()
    loss_D.backward()
    optimizer_D.step()
    # RMSprop's first step: lr g / (sqrt(0.01 g^2) + eps) = 10 lr, with g = -1/2
    assert np.allclose(D.weight.data.numpy() - [[0.01, -0.005], [-0.01, 0.0]], 5e-4, atol=1e-6)


def test_11_backward_of_one_and_minus_one():
    netD = linear([[2.0, 3.0]])
    one = torch.ones(1)
    mone = one * -1
    errD_real = netD(torch.ones(4, 2)).mean(0).view(1)
    errD_real.backward(one)
    errD_fake = netD(torch.zeros(4, 2) + 0.5).mean(0).view(1)
    errD_fake.backward(mone)
    errD = errD_real - errD_fake
    assert errD.data[0] == 2.5 and netD.weight.grad.tolist() == [[0.5, 0.5]]


def test_12_parameters_are_frozen_and_thawed():
    netD, optimizer_of = linear([[1.0, 2.0]]), optim.Adam
    for p in netD.parameters():
        p.requires_grad = False
    x = torch.ones(1, 2, requires_grad=True)
    netD(x).sum().backward()
    assert netD.weight.grad is None and x.grad.tolist() == [[1.0, 2.0]]
    for p in netD.parameters():
        p.requires_grad_(True)
    trained = filter(lambda p: p.requires_grad, netD.parameters())
    assert len(optimizer_of(trained, lr=0.1).param_groups[0]["params"]) == 1
    assert sum(p.numel() for p in netD.parameters() if p.requires_grad) == 2


def test_13_the_gradient_penalty_of_wgan_gp():
    def compute_gradient_penalty(D, real_samples, fake_samples):
        alpha = torch.tensor(np.random.random((real_samples.size(0), 1)).astype("float32"))
        interpolates = (alpha * real_samples + ((1 - alpha) * fake_samples)).requires_grad_(True)
        d_interpolates = D(interpolates)
        fake = Variable(torch.ones(real_samples.shape[0], 1), requires_grad=False)
        gradients = autograd.grad(
            outputs=d_interpolates,
            inputs=interpolates,
            grad_outputs=fake,
            create_graph=True,
            retain_graph=True,
            only_inputs=True,
        )[0]
        gradients = gradients.view(gradients.size(0), -1)
        gradient_penalty = ((gradients.norm(2, dim=1) - 1) ** 2).mean()
        return gradient_penalty

    D = linear([[3.0, 4.0]])  # the slope is 5 everywhere, so the penalty is 16
    real, fake = torch.ones(6, 2), torch.zeros(6, 2)
    gradient_penalty = compute_gradient_penalty(D, real.data, fake.data)
    d_loss = 10 * gradient_penalty
    d_loss.backward()
    assert abs(gradient_penalty.item() - 16) < 1e-5
    # d/dw (|w| - 1)^2 = 2 (|w| - 1) w / |w|
    assert np.allclose(D.weight.grad.tolist(), [[10 * 8 * 0.6, 10 * 8 * 0.8]], rtol=1e-5)
    of_parameters = torch.autograd.grad(D(real).sum(), D.parameters())
    assert of_parameters[0].tolist() == [[6.0, 6.0]]


def test_14_two_nets_in_one_optimizer():
    encoder, decoder = linear([[2.0]]), linear([[3.0]])
    optimizer_G = torch.optim.Adam(
        itertools.chain(encoder.parameters(), decoder.parameters()), lr=0.0002, betas=(0.5, 0.999)
    )
    pixelwise_loss = torch.nn.L1Loss()
    optimizer_G.zero_grad()
    g_loss = pixelwise_loss(decoder(encoder(torch.ones(4, 1))), torch.zeros(4, 1))
    g_loss.backward()
    optimizer_G.step()
    assert g_loss.item() == 6.0  # Adam's first step is lr against the sign of the gradient
    assert abs(encoder.weight.item() - 1.9998) < 1e-6 and abs(decoder.weight.item() - 2.9998) < 1e-6


# --------------------------------------------------------------------------- variational and others


def test_15_the_reparameterization_of_the_vae_example():
    mu, logvar = torch.full((4000,), 2.0), torch.full((4000,), math.log(9.0), requires_grad=True)
    std = torch.exp(0.5 * logvar)
    eps = torch.randn_like(std)
    z = mu + eps * std
    assert abs(z.mean().item() - 2) < 0.3 and abs(z.std().item() - 3) < 0.3
    z.sum().backward()
    assert np.allclose(logvar.grad.numpy(), (0.5 * eps * std).detach().numpy())


def test_16_the_loss_of_the_vae_example():
    x = torch.tensor([[[[0.0, 1.0]]], [[[1.0, 1.0]]]])
    recon_x = torch.tensor([[0.5, 0.25], [0.5, 1.0]])
    mu, logvar = torch.tensor([[1.0], [0.0]]), torch.tensor([[0.0], [math.log(2)]])
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, 2), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    assert abs(BCE.item() - (2 * math.log(2) + math.log(4))) < 1e-5
    assert abs(KLD.item() - (0.5 + 0.5 * (2 - 1 - math.log(2)))) < 1e-6
    n = min(x.size(0), 8)
    comparison = torch.cat([x[:n], recon_x.view(2, 1, 1, 2)[:n]])
    assert comparison.shape == (4, 1, 1, 2) and comparison[2].tolist() == [[[0.5, 0.25]]]


def test_17_labels_are_embedded_or_written_one_hot():
    label_emb = nn.Embedding(10, 10)
    labels, noise = torch.tensor([3, 1]), torch.zeros(2, 4)
    gen_input = torch.cat((label_emb(labels), noise), -1)
    assert torch.equal(gen_input[:, :10], label_emb.weight[[3, 1]]) and gen_input.shape == (2, 14)
    y_onehot = torch.zeros(2, 5)
    y_onehot.zero_()
    y_onehot.scatter_(1, labels.view(-1, 1), 1)
    assert y_onehot.tolist() == [[0, 0, 0, 1, 0], [0, 1, 0, 0, 0]]
    assert torch.equal(F.one_hot(labels, 5).float(), y_onehot)
    gen_labels = Variable(torch.tensor(np.random.randint(0, 10, 6)).long())
    assert gen_labels.dtype == torch.int64


def test_18_images_are_mapped_to_0_and_1():
    def denorm(x):
        out = (x + 1) / 2
        return out.clamp(0, 1)

    def to_img(x):
        x = 0.5 * (x + 1)
        x = x.clamp(0, 1)
        return x.view(x.size(0), 1, 1, 3)

    x = torch.tensor([[-1.0, 0.0, 3.0]])
    assert denorm(x).tolist() == [[0.0, 0.5, 1.0]] and to_img(x.cpu().data).shape == (1, 1, 1, 3)


def test_19_the_classifier_of_the_mnist_example():
    logits = torch.tensor([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0], [5.0, 0.0, 0.0]])
    target = torch.tensor([0, 2, 1])
    output = F.log_softmax(logits, dim=1)
    correct, test_loss = 0, 0
    test_loss += F.nll_loss(output, target, reduction="sum").item()
    pred = output.argmax(dim=1, keepdim=True)
    correct += pred.eq(target.view_as(pred)).sum().item()
    assert correct == 2 and pred.tolist() == [[0], [2], [0]]
    l = logits.numpy().astype(float)
    expected = np.log(np.exp(l).sum(1)) - l[np.arange(3), target.numpy()]
    assert abs(test_loss - expected.sum()) < 1e-5
    assert abs(nn.CrossEntropyLoss()(logits, target).item() - expected.mean()) < 1e-6
    accuracy = 100.0 * correct / len(target)
    assert "Accuracy: {}/{} ({:.0f}%)".format(correct, 3, accuracy) == "Accuracy: 2/3 (67%)"


def test_20_the_largest_by_max_of_data():
    outputs = torch.tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], requires_grad=True) * 1
    labels = torch.tensor([1, 0, 0])
    pred = outputs.data.max(1, keepdim=True)[1]
    _, predicted = torch.max(outputs.data, 1)
    total, correct = labels.size(0), (predicted == labels).sum().item()
    correct_old = outputs.data.max(1)[1].eq(labels.data).cpu().sum()
    hits = {i: 0 for i in range(2)}
    for label, prediction in zip(labels, predicted, strict=True):
        if label == prediction:
            hits[int(label)] += 1
    assert (
        pred.tolist() == [[1], [0], [1]] and (total, correct) == (3, 2) and correct_old.item() == 2
    )
    assert hits == {0: 1, 1: 1}


# ------------------------------------------------------------------------ loops, rates and averages


def test_21_running_losses_and_lines():
    running_loss, train_loss, losses = 0.0, 0, []
    for i in range(3):
        loss = torch.tensor(0.5, requires_grad=True) * i
        running_loss += loss.item()
        train_loss += loss.data.item()
        losses.append(loss.item())
    assert running_loss == train_loss == 1.5 == np.sum(losses)
    assert f"[{1}, {2000:5d}] loss: {running_loss / 3:.3f}" == "[1,  2000] loss: 0.500"
    line = "Train Epoch: {} [{}/{} ({:.0f}%)]\tLoss: {:.6f}".format(1, 64, 128, 50.0, loss.item())
    assert line.endswith("(50%)]\tLoss: 1.000000") and loss.data.item() == float(loss) == 1.0


def test_22_rates_are_changed_and_scheduled():
    model = nn.Linear(2, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for param_group in optimizer.param_groups:
        param_group["lr"] = 0.01
    optimizer.param_groups[0]["lr"] /= 2
    assert optimizer.param_groups[0]["lr"] == 0.005
    scheduler = lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    for _ in range(2):
        optimizer.step()
        scheduler.step()
    assert scheduler.get_last_lr() == [0.00125]
    decay = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lr_lambda=lambda e: 1.0 - max(0, e - 1) / 4
    )
    decay.step()
    assert optimizer.param_groups[0]["lr"] == optimizer.param_groups[0]["initial_lr"]
    plateau = lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", factor=0.5, patience=0)
    before = optimizer.param_groups[0]["lr"]
    for loss in (1.0, 1.0):
        plateau.step(loss)
    assert optimizer.param_groups[0]["lr"] == before / 2


def test_23_a_moving_average_of_weights():
    G = linear([[1.0, 2.0]])
    ema = copy.deepcopy(G)
    optimizer = optim.SGD(G.parameters(), lr=1.0)
    G(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    par1, par2 = dict(ema.named_parameters()), dict(G.named_parameters())
    for k in par1.keys():
        par1[k].data.mul_(0.75).add_(par2[k].data, alpha=1 - 0.75)
    assert G.weight.tolist() == [[0.0, 1.0]] and ema.weight.tolist() == [[0.75, 1.75]]
    with torch.no_grad():
        for p, q in zip(ema.parameters(), G.parameters(), strict=True):
            p.copy_(0.5 * p + (1.0 - 0.5) * q)
    assert ema.weight.tolist() == [[0.375, 1.375]]


def test_24_an_update_written_by_hand():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()
    with torch.no_grad():
        w -= w.grad * 0.5
        w.grad.zero_()
    assert w.tolist() == [0.0, 0.0] and w.grad.tolist() == [0.0, 0.0] and w.requires_grad
    (w + 1).pow(2).sum().backward()
    w.data -= 0.25 * w.grad.data
    w.grad.data.zero_()
    assert w.tolist() == [-0.5, -0.5] and w.grad.tolist() == [0.0, 0.0]
    w.data.add_(torch.ones(2), alpha=-0.5)
    assert w.tolist() == [-1.0, -1.0]


def test_25_gradients_are_clipped():
    model = linear([[0.0, 0.0]])
    (model(torch.tensor([[3.0, 4.0]]))).sum().backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    assert np.allclose(model.weight.grad.tolist(), [[0.6, 0.8]], atol=1e-5)
    for p in model.parameters():
        p.grad.data.clamp_(-0.5, 0.5)
    assert model.weight.grad.tolist() == [[0.5, 0.5]]


def test_26_evaluation_without_a_graph():
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout(0.5))
    model.eval()
    with torch.no_grad():
        fake = model(torch.ones(4, 2)).detach().cpu()
    assert not fake.requires_grad and torch.equal(fake, model(torch.ones(4, 2)))
    model.train()
    assert model.training and all(m.training for m in model.modules())
    assert not next(model.parameters()).is_cuda


# ---------------------------------------------------------------------------------- files, pictures


def test_27_models_are_saved_and_loaded(tmp_path):
    netG, opt_outf, epoch = nn.Linear(2, 2), str(tmp_path), 3
    torch.save(netG.state_dict(), "%s/netG_epoch_%d.pth" % (opt_outf, epoch))
    other = nn.Linear(2, 2)
    path = os.path.join(opt_outf, "netG_epoch_3.pth")
    other.load_state_dict(torch.load(path, map_location=lambda storage, loc: storage))
    assert torch.equal(netG.weight, other.weight) and os.listdir(opt_outf) == ["netG_epoch_3.pth"]
    pretrained_dict = {k: v for k, v in torch.load(path).items() if k in netG.state_dict()}
    model_dict = other.state_dict()
    model_dict.update(pretrained_dict)
    other.load_state_dict(model_dict)
    assert other.load_state_dict(torch.load(path, weights_only=True)).missing_keys == []


def test_28_a_training_is_saved_and_continued(tmp_path):
    model = linear([[1.0]])
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    model(torch.ones(1, 1)).sum().backward()
    optimizer.step()
    state = {
        "epoch": 1,
        "arch": "linear",
        "state_dict": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "best": 0.25,
    }
    torch.save(state, tmp_path / "model_best.pth.tar")
    optimizer.step()
    checkpoint = torch.load(tmp_path / "model_best.pth.tar", map_location=torch.device("cpu"))
    again = linear([[5.0]])
    optimizer2 = optim.Adam(again.parameters(), lr=0.3)
    again.load_state_dict(checkpoint["state_dict"])
    optimizer2.load_state_dict(checkpoint["optimizer"])
    again(torch.ones(1, 1)).sum().backward()
    optimizer2.step()
    assert checkpoint["epoch"] == 1 and checkpoint["best"] == 0.25
    assert again.weight.item() == model.weight.item() and optimizer2.param_groups[0]["lr"] == 0.1


def test_29_pictures_of_samples(tmp_path):
    gen_imgs = images(30, (1, 8, 8)).requires_grad_()
    save_image(gen_imgs.data[:25], str(tmp_path / "%d.png") % 400, nrow=5, normalize=True)
    with Image.open(tmp_path / "400.png") as picture:
        pixels = np.asarray(picture)
    x = gen_imgs.detach().numpy()[:25]
    unit = (x - x.min()) / (x.max() - x.min())
    assert pixels.shape == (52, 52, 3) and pixels.min() == 0 and pixels.max() == 255
    assert np.abs(pixels[12:20, 22:30, 0] - 255.0 * unit[7, 0]).max() <= 0.51  # row 1, column 2
    grid = vutils.make_grid(gen_imgs.detach()[:16], padding=2, normalize=True)
    shown = np.transpose(grid.cpu(), (1, 2, 0))  # for plt.imshow
    assert shown.shape == (22, 82, 3) and isinstance(np.asarray(shown), np.ndarray)
    vutils.save_image(
        gen_imgs.data.view(30, 1, 8, 8), tmp_path / "real_samples.png", normalize=True
    )
    x_concat = torch.cat([gen_imgs.view(-1, 1, 8, 8), gen_imgs.view(-1, 1, 8, 8)], dim=3)
    save_image(x_concat, os.path.join(tmp_path, "reconst-{}.png".format(1)))
    assert sorted(os.listdir(tmp_path)) == ["400.png", "real_samples.png", "reconst-1.png"]


def test_30_arrays_out_of_tensors():
    fake = torch.tensor([[1.5, 2.5]], requires_grad=True) * 2
    assert fake.detach().cpu().numpy().tolist() == [[3.0, 5.0]]
    assert fake.data.cpu().numpy().tolist() == [[3.0, 5.0]] and fake.data.tolist() == [[3.0, 5.0]]
    img = (fake.detach().squeeze(0).numpy() * 20).clip(0, 255).astype("uint8")
    assert img.tolist() == [60, 100]
    pred, gt = torch.tensor([[0.1, 0.9]]), torch.tensor([1])
    d_acc = np.mean(np.argmax(pred.data.cpu().numpy(), axis=1) == gt.data.cpu().numpy())
    assert d_acc == 1.0 and np.mean([torch.tensor(1.0).item(), 3.0]) == 2.0


def test_31_tensors_are_resized_before_they_are_filled():
    input, label, noise = torch.empty(0), torch.empty(0), torch.empty(9, 3, 1, 1)
    real_cpu = images(4)
    input.resize_as_(real_cpu).copy_(real_cpu)
    label.resize_(4).fill_(1)
    noise.resize_(4, 3, 1, 1).normal_(0, 1)
    labelv = Variable(label.fill_(0))
    assert torch.equal(input, real_cpu) and label.tolist() == [0.0] * 4 == labelv.tolist()
    assert noise.shape == (4, 3, 1, 1) and noise.std().item() > 0.1
    assert input.size() == torch.Size([4, 1, 8, 8])
    numbers = torch.arange(6).reshape(2, 3)
    view, version = numbers[0], numbers.memory.version
    assert numbers.resize_(2, 2).tolist() == [[0, 1], [2, 3]]  # the same memory
    numbers.fill_(7)
    assert view.tolist() == [7, 7, 7] and numbers.memory.version > version
    assert numbers.resize_((5,)).tolist() == [7, 7, 7, 7, 0]  # new memory
    numbers.zero_()
    assert view.tolist() == [7, 7, 7]
    for wrong in (torch.ones(2, requires_grad=True), torch.ones(2, 3).T):
        with pytest.raises(RuntimeError, match="resize_: .*(requires grad|gaps)"):
            wrong.resize_(1)
    with pytest.raises(ValueError, match="resize_: size -1"):
        torch.ones(2).resize_(-1)


def test_32_names_of_numbers_and_types():
    x = torch.tensor([-0.5, 0.25, 2.0])
    assert torch.clamp_min(x, 0).tolist() == [0.0, 0.25, 2.0] == x.clamp_min(0.0).tolist()
    assert x.clamp_max(1).tolist() == [-0.5, 0.25, 1.0] == torch.clamp_max(x, 1).tolist()
    assert x.clone().clamp_min_(0).clamp_max_(1).tolist() == [0.0, 0.25, 1.0]
    assert abs(-0.5 * math.log(2 * math.pi) + 0.5 * np.log(2 * torch.pi)) < 1e-12
    assert torch.inf == float("inf") and math.isnan(torch.nan) and torch.e == math.e
    assert torch.finfo(torch.float32).eps == 2.0**-23 and torch.iinfo(torch.int64).max == 2**63 - 1
    assert torch.finfo(x.dtype).tiny == 2.0**-126 and isinstance(x.dtype, torch.dtype)
    with pytest.raises(ValueError, match="clamp"):
        x.clamp_min(None)


# ------------------------------------------------------------------- names that say what to write


@pytest.mark.parametrize(("line", "instead"), [
    (lambda: torch.cuda.manual_seed_all(0), "generator="),
    (lambda: torch.cuda.FloatTensor, r"\.float\(\)\.cuda\(\)"),
    (lambda: torch.utils.data.DataLoader, "datasets"),
    (lambda: torch.utils.tensorboard.SummaryWriter, r"viz\.curves"),
    (lambda: torch.save(nn.Linear(1, 1), "model.pth"), r"state_dict\(\)"),
    (lambda: torch.manual_seed(0), "generator=0"),
    (lambda: torch.FloatTensor, r"minigan\.tensor\(data, dtype="),
    (lambda: torch.distributions, "randn_like"),
    (lambda: torch.backends.cudnn, "leave it out"),
    (lambda: torch.jit.script, "nothing is compiled"),
    (lambda: autograd.Function, "minigan.Op"),
    (lambda: autograd.backward, r"loss\.backward"),
    (lambda: nn.DataParallel, "the model itself"),
    (lambda: nn.LSTM, "no recurrent"),
    (lambda: nn.Linear(1, 1).register_forward_hook, "no hooks"),
    (lambda: torch.ones(1).register_hook, "no hooks"),
    (lambda: torch.ones(1).new, "new_empty"),
    (lambda: nn.init.xavier_uniform, "underscore"),
    (lambda: nn.Linear(1, 1).cuda("cpu"), "is not a GPU"),
])  # fmt: skip
def test_lines_that_cannot_run_say_what_to_write(line, instead):
    with pytest.raises((AttributeError, TypeError, ValueError), match=instead):
        line()


@pytest.mark.parametrize(("line", "instead"), [
    ("from minigan.utils.data import DataLoader, TensorDataset", "datasets.from_arrays"),
    ("import minigan.utils.data as data", "datasets.from_arrays"),
    ("from minigan.utils.tensorboard import SummaryWriter", r"viz\.curves"),
    ("import minigan.backends.cudnn as cudnn", "leave it out"),
    ("import minigan.distributions as dist", "randn_like"),
    ("from minigan.distributions import Normal, kl_divergence", "randn_like"),
    ("import minigan.multiprocessing as mp", "Python's multiprocessing"),
    ("import minigan.distributed as dist", "set_num_threads"),
    ("from minigan import jit", "nothing is compiled"),
])  # fmt: skip
def test_imports_that_cannot_work_say_what_to_write(line, instead):
    with pytest.raises(ImportError, match=instead):
        exec(line, {})


def test_other_modules_that_are_missing_have_the_message_of_python():
    for name in ("minigan.nothing", "minigan.optim.nothing", "minigan.utils.nothing"):
        with pytest.raises(ModuleNotFoundError, match=f"^No module named '{name}'$"):
            importlib.import_module(name)
    for name in ("nothing", "linalg", "distributions", "nn.quantized", "utils.data"):
        name = f"minigan.{name}"
        assert importlib.util.find_spec(name) is None
