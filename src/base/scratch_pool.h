// Scratch memory for the bodies of parallel loops, including nested loops: the pool holds at most
// one piece per thread that works at the same time.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace overland {

template <class T>
class ScratchPool {
 public:
  // Exclusive use of one piece, until the Loan is destroyed.
  class Loan {
   public:
    Loan(ScratchPool& pool, std::unique_ptr<T> piece) : pool_(pool), piece_(std::move(piece)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { pool_.give_back(std::move(piece_)); }
    T& operator*() const { return *piece_; }
    T* operator->() const { return piece_.get(); }

   private:
    ScratchPool& pool_;
    std::unique_ptr<T> piece_;
  };

  // A piece that was used before, or a new one.
  [[nodiscard]] Loan take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      free_.reserve(++made_);  // giving back cannot fail
      return Loan(*this, std::make_unique<T>());
    }
    std::unique_ptr<T> piece = std::move(free_.back());
    free_.pop_back();
    return Loan(*this, std::move(piece));
  }
  // Number of pieces, in use or free.
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return made_;
  }

 private:
  void give_back(std::unique_ptr<T> piece) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(piece));
  }

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<T>> free_;
  std::size_t made_ = 0;
};

}  // namespace overland
